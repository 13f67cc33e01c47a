"""The words in dates: months and weekdays in the languages of feeds, time zones, and the words between them."""

from bot.text.fold import fold

_MONTHS = """
    jan january janvier janv januar jänner januari ene enero gen gener gennaio janeiro ian ianuarie tammi
      tammikuu tammikuuta sty stycznia styczeń ledna leden január ocak oca ιαν ιανουαρίου ιανουάριος янв
      января январь січ січня ян януари يناير ;
    feb february febr fév févr février februar februari februarie fev fevereiro febrero febrer febbraio helmi
      helmikuu helmikuuta lut lutego luty února únor február şubat şub φεβ φεβρουαρίου φεβρουάριος фев февр
      февраля февраль лют лютого февруари فبراير ;
    mar march mars märz maerz mrz mär maart mrt marzo març março martie marts maalis maaliskuu maaliskuuta
      marca marzec března březen március márc mart maret μαρ μάρ μαρτίου μάρτιος мар мрт марта март бер
      березня مارس ;
    apr april avr avril abr abril aprile aprilie huhti huhtikuu huhtikuuta kwi kwietnia kwiecień dubna duben
      ápr április nisan nis απρ απριλίου απρίλιος апр апреля апрель кві квітня април أبريل ;
    may mai mei mayo maig maio mag maggio maj touko toukokuu toukokuuta maja května květen máj május mayıs μαι
      μάι μαΐου μάιος мая май тра травня مايو ;
    jun june juin juni junio juny junho giu giugno iun iunie kesä kesäkuu kesäkuuta cze czerwca czerwiec
      června červen jún június haziran haz ιουν ιούν ιουνίου ιούνιος июн июня июнь чер червня юни يونيو ;
    jul july juil juillet juli julio juliol julho lug luglio iul iulie heinä heinäkuu heinäkuuta lipca lipiec
      července červenec júl július temmuz tem ιουλ ιούλ ιουλίου ιούλιος июл июля июль лип липня юли يوليو ;
    aug august août aout augustus ago agosto agost augusti elo elokuu elokuuta sie sierpnia sierpień srpna
      srpen augusztus ağustos ağu agustus agu αυγ αυγούστου αύγουστος авг августа август сер серпня أغسطس ;
    sep sept september septembre septiembre setembre set setembro settembre septembrie syys syyskuu syyskuuta
      wrz września wrzesień září szeptember szept eylül eyl σεπ σεπτ σεπτεμβρίου σεπτέμβριος сен сент сентября
      сентябрь вер вересня септември سبتمبر ;
    oct october octobre okt oktober octubre out outubro ott ottobre octombrie loka lokakuu lokakuuta paź
      października październik října říjen október ekim eki οκτ οκτωβρίου οκτώβριος окт октября октябрь жов
      жовтня октомври أكتوبر ;
    nov november novembre noviembre novembro noi noiembrie marras marraskuu marraskuuta listopadu kasım kas
      νοε νοέ νοεμβρίου νοέμβριος ноя нояб ноября ноябрь листопада ноември نوفمبر ;
    dec december déc décembre dez dezember dic diciembre desembre dezembro dicembre decembrie des desember
      joulu joulukuu joulukuuta gru grudnia grudzień prosince prosinec aralık ara δεκ δεκεμβρίου δεκέμβριος
      дек декабря декабрь гру грудня декември ديسمبر
"""
"""January to December in English, French, German, Dutch, Spanish, Catalan, Portuguese, Italian, Romanian, Swedish,
Danish, Norwegian, Finnish, Polish, Czech, Hungarian, Turkish, Indonesian, Greek, Russian, Ukrainian, Bulgarian and
Arabic. A name with two meanings is left out: `listopada` is November in Polish and October in Croatian."""

_WEEKDAYS = """
    mon monday montag mo lun lundi lunes lunedì maandag пн понедельник pazartesi hétfő senin ;
    tue tues tuesday dienstag mar mardi martes martedì dinsdag вт вторник salı kedd selasa ;
    wed wednesday mittwoch mi mer mercredi mie miércoles mercoledì woensdag ср среда çarşamba szerda rabu ;
    thu thur thurs thursday donnerstag do jeu jeudi jue jueves gio giovedì donderdag чт четверг perşembe
      csütörtök kamis ;
    fri friday freitag fr ven vendredi vie viernes venerdì vrijdag пт пятница cuma péntek jumat ;
    sat saturday samstag sa sam samedi sab sáb sábado sabato zaterdag сб суббота cumartesi szombat sabtu ;
    sun sunday sonntag so dim dimanche dom domingo domenica zondag вс воскресенье pazar vasárnap minggu
"""
"""Monday to Sunday."""

FILLERS = frozenset(
    {
        "a", "al", "alle", "as", "at", "date", "de", "del", "den", "der", "di", "du", "el", "en", "g", "godz", "h",
        "hodin", "horas", "hrs", "jam", "kl", "klo", "klockan", "klokken", "las", "le", "les", "lúc",
        "los", "o", "of", "om", "on", "ora", "ore", "posted", "published", "pukul", "r", "roku", "saat", "the",
        "uhr", "um", "updated", "uur", "v", "à", "às", "в", "г", "год", "года", "о", "р", "року", "у", "ч", "час",
    }
)  # fmt: skip
"""Words without a meaning for the date."""

_NAMED_ZONES = {
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "wet": 0, "west": 100, "bst": 100, "wat": 100, "cet": 100, "mez": 100,
    "cest": 200, "mesz": 200, "eet": 200, "sast": 200, "cat": 200, "eest": 300, "msk": 300, "trt": 300, "eat": 300,
    "pkt": 500, "npt": 545, "ict": 700, "wib": 700, "hkt": 800, "sgt": 800, "awst": 800, "jst": 900, "kst": 900,
    "acst": 930, "acdt": 1030, "aest": 1000, "aedt": 1100, "nzst": 1200, "nzdt": 1300, "nst": -330, "ndt": -230,
    "adt": -300, "brt": -300, "edt": -400, "est": -500, "cdt": -500, "cst": -600, "mdt": -600, "mst": -700,
    "pdt": -700, "pst": -800, "akdt": -800, "akst": -900, "hst": -1000,
}  # fmt: skip
"""Hours and minutes. RFC 822 defines the American ones; the others have one meaning in feeds. `IST` has three."""


def _table(rows: str, first: int) -> dict[str, int]:
    """Return the number of each word: the place of its row, counted from `first`."""
    return {fold(word): number for number, row in enumerate(rows.split(";"), first) for word in row.split()}


_MONTH_NUMBERS = _table(_MONTHS, 1)
_WEEKDAY_NUMBERS = _table(_WEEKDAYS, 0)


def month_number(word: str) -> int:
    """Return 1 to 12; 0 if the word isn't a month."""
    return _MONTH_NUMBERS.get(fold(word), 0)


def weekday_number(word: str) -> int | None:
    """Return 0 for Monday to 6 for Sunday; None if the word isn't a known weekday."""
    return _WEEKDAY_NUMBERS.get(fold(word))


def zone_minutes(word: str) -> int | None:
    """Return minutes east of Greenwich; None if the word isn't a zone, or has several meanings."""
    hundreds = _NAMED_ZONES.get(word.casefold())
    if hundreds is None:
        return None
    hours, minutes = divmod(abs(hundreds), 100)
    return (60 * hours + minutes) * (1 if hundreds > 0 else -1)
