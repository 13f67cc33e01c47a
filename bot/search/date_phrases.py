"""How people say dates in the languages of the bot, besides the words of CLDR: "two weeks ago", "on Monday".

Only what means one date is here: no "a few days ago", and no 先週の日曜日, since weeks begin on Sunday or Monday.
"""

from collections.abc import Mapping

NUMBERS: Mapping[str, str] = {
    "en": "a/an/one two three four five six seven eight nine ten eleven twelve",
    "de": "ein/eine/einem/einer/einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "fr": "un/une deux trois quatre cinq six sept huit neuf dix onze douze",
    "es": "un/una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "pt": "um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze",
    "ru": "один/одну два/две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    "ja": "一 二 三 四 五 六 七 八 九 十 十一 十二",
}
"""The numbers from 1, each with its forms."""

AGO: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hour": "{0} hour/{0} hours", "day": "{0} day/{0} days", "week": "{0} week/{0} weeks",
        "month": "{0} month/{0} months", "year": "{0} year/{0} years",
    },
    "es": {
        "hour": "{0} hora atrás/{0} horas atrás", "day": "{0} día atrás/{0} días atrás",
        "week": "{0} semana atrás/{0} semanas atrás", "month": "{0} mes atrás/{0} meses atrás",
        "year": "{0} año atrás/{0} años atrás",
    },
    "pt": {
        "hour": "{0} hora atrás/{0} horas atrás", "day": "{0} dia atrás/{0} dias atrás",
        "week": "{0} semana atrás/{0} semanas atrás", "month": "{0} mês atrás/{0} meses atrás",
        "year": "{0} ano atrás/{0} anos atrás",
    },
    "ja": {"month": "{0} ヶ月前/{0} カ月前/{0} ヵ月前/{0} ケ月前"},
    "ar": {
        "hour": "منذ {0} ساعة/منذ {0} ساعات", "day": "منذ {0} يوم/منذ {0} أيام/منذ {0} يوما",
        "week": "منذ {0} أسبوع/منذ {0} أسابيع/منذ {0} أسبوعا", "month": "منذ {0} شهر/منذ {0} أشهر/منذ {0} شهرا",
        "year": "منذ {0} سنة/منذ {0} سنوات",
    },
}  # fmt: skip
"""Ages with a number, by unit."""

COUNTED: Mapping[str, Mapping[str, str]] = {
    "ru": {
        "1 hour": "час назад", "1 day": "день назад", "1 week": "неделю назад", "1 month": "месяц назад",
        "1 year": "год назад",
    },
    "ar": {
        "1 hour": "قبل ساعة/منذ ساعة", "1 day": "قبل يوم/منذ يوم", "1 week": "قبل أسبوع/منذ أسبوع",
        "1 month": "قبل شهر/منذ شهر", "1 year": "قبل سنة/منذ سنة/قبل عام/منذ عام",
        "2 hour": "قبل ساعتين/منذ ساعتين", "2 day": "قبل يومين/منذ يومين", "2 week": "قبل أسبوعين/منذ أسبوعين",
        "2 month": "قبل شهرين/منذ شهرين", "2 year": "قبل سنتين/منذ سنتين/قبل عامين/منذ عامين",
    },
}  # fmt: skip
"""Ages whose words say the number."""

WEEKDAYS: Mapping[str, str] = {
    "en": "mon tue/tues wed thu/thur/thurs fri sat sun",
    "de": "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "ru": "понедельник вторник среду четверг пятницу субботу воскресенье",
    "ja": "月曜 火曜 水曜 木曜 金曜 土曜 日曜",
}
"""More names and forms of the days, from Monday."""

ON: Mapping[str, str] = {
    "en": "on {0}",
    "de": "am {0}",
    "fr": "le {0}",
    "es": "el {0}",
    "pt": "na {0}/no {0}",
    "ru": "в {0}/во {0}",
    "ar": "يوم {0}",
}
"""The latest such day, which may be today."""

LAST: Mapping[str, str] = {
    "en": "last {0}",
    "de": "letzten {0}/letzter {0}/am letzten {0}",
    "fr": "{0} dernier/le {0} dernier/{0} passé/le {0} passé",
    "es": "{0} pasado/el {0} pasado/el pasado {0}",
    "pt": "{0} passada/{0} passado/na {0} passada/no {0} passado/última {0}/último {0}/na última {0}/no último {0}",
    "ru": "прошлый {0}/прошлую {0}/прошлое {0}/в прошлый {0}/в прошлую {0}/в прошлое {0}",
    "ja": "この前の{0}",
    "ar": "{0} الماضي/{0} الماضية/يوم {0} الماضي",
}
"""The latest such day before today."""

SPANS: Mapping[str, Mapping[str, str]] = {
    "en": {"day-2": "day before yesterday/the day before yesterday"},
    "es": {"day-2": "antes de ayer"},
    "fr": {"week-1": "la semaine passée", "month-1": "le mois passé", "year-1": "l’année passée/l’an passé"},
    "pt": {
        "week-1": "na semana passada/a semana passada", "month-1": "no mês passado/o mês passado",
        "year-1": "no ano passado/o ano passado", "week0": "nesta semana", "month0": "neste mês", "year0": "neste ano",
    },
    "ja": {"year-1": "去年", "day-2": "おととい", "day-1": "きのう"},
    "ar": {"day-1": "البارحة", "year-1": "العام الماضي", "year0": "هذا العام/هذه السنة"},
}  # fmt: skip
"""Days, weeks, months and years before now."""
