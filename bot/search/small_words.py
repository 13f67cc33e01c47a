"""The small words of each language that is stemmed: a text's language is detected by them, and they rank no hits.

Each list is written as people write the words, and folded as the index does.
"""

from collections.abc import Mapping

from bot.search.tokens import tokenize

_WRITTEN = {
    "arabic": """
في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين كان كانت لا ما هو هي هم أو ثم قد لم لن كل بعد قبل بين
عند حتى إذا إن أن لأن كما كيف ماذا متى أين لماذا هل أي هناك هنا غير بعض كذلك أيضا ليس وهو وهي ولا وما ومن
وفي الى على انها انه نحن أنت أنا يا منذ لكن فقط حيث
""",
    "armenian": """
և է են մի որ այս այդ այն եմ ես նա մենք դուք նրա նրանք իր ու կամ բայց եթե երբ որտեղ ինչ ինչու ինչպես ով
համար հետ մեջ վրա մասին բոլոր ամեն շատ քան թե չի չեն էր էին ոչ նաև պետք կարող ինձ քեզ
""",
    "basque": """
eta da du dira dute ez bat hau hori zen ziren izan den dela edo baina ere bere bai zer nor nola noiz
zergatik nik zuk gu zuek haiek baino oso gehiago guztiak dituzte dugu dago daude ditu batean beste honen
horren egin behar
""",
    "catalan": """
el la els les un una uns unes i de del dels al als en amb per que és són no més com aquest aquesta
aquests aquestes això també però quan on qui què perquè molt hi ha ho es seva seu seus nostre vostre fins
sobre entre des sense cada tot tots
""",
    "czech": """
a je se na že v ve s ze pro ale jako jsem jsi jsou byl byla bylo byly být nebo když aby který která které
kde jak proč kdo kdy také tak už jen jeho její jejich tento tato toto tyto ten ta od do po při podle není
může mít velmi více než
""",
    "danish": """
og det er en den til på af med der ikke et jeg du vi han hun de dem deres hans hendes som var har havde
blev være være kan skal vil men om fra også efter ved eller hvad hvem hvor hvordan hvorfor hvornår noget
nogle meget denne dette disse
""",
    "dutch": """
de het een van en in is dat op te voor met niet zijn aan er maar om hij zij wij ik je jullie hem haar hun
ze ook als bij door naar uit nog wel dan wat wie waar hoe waarom wanneer deze dit heeft hebben had worden
wordt werd kan zal geen
""",
    "english": """
the and of to is was that it with for this are you not his her from have be been at by they we my your
has had their what which who will would there were when if more can all one about some than then into its
our a an as do does did he in no on or she so us up but any how these those each other such also may i me
him am could should where why whom whose them
""",
    "esperanto": """
la kaj estas de al en ne ke mi vi li ŝi ni ili por kun sed kiel kio kiu kiam kie kial ĉu pri tio tiu tiuj
ĉi ankaŭ pli estis havas povas sur el ĉiuj nur aŭ jam tre se mia via lia kiuj
""",
    "estonian": """
ja on ei et oli ta ma sa me te nad mis kes kus kuidas miks millal ka kui aga või see seda selle need
nende oma siis nii ning olla olen olid pole veel juba väga mitte pärast kuid üle ära
""",
    "finnish": """
ja on ei se että oli hän minä sinä me te he mikä kuka missä miten miksi milloin myös kun mutta tai jos
niin kuin ovat olen ole olivat tämä tämän sen siitä joka jotka sitä vain vielä kanssa mukaan sekä hänen
""",
    "french": """
le la les un une des du de et est sont dans pour que qui sur au aux pas avec ce cette ces il elle nous
vous ils elles ne se en je tu mais ou où comme quand comment pourquoi quoi quel quelle plus son sa ses
leur leurs mon ma mes votre notre par être avoir fait été était aussi très sans y c d l n s qu j
""",
    "german": """
der das und ist nicht ein eine einen einem einer eines mit den dem des auf von zu sich auch wie für im
bei aus sie er wir ich du ihr es wird werden sind oder als nach dass durch nur noch über zum zur wer wo
wann warum welche welcher welches an in so ob doch aber wenn mein dein sein ihre ihren kann habe haben
hatte wurde sehr diese dieser dieses mehr mich dich
""",
    "greek": """
και το η ο τα τη την της του των στο στη στην τον να με για από είναι που δεν θα ένα μια ένας σε τους τις
οι αυτό αυτή αυτός τι ποιος πού πώς γιατί πότε αλλά όταν ή αν ότι όπως πολύ ήταν έχει μας σας μου σου όχι
πιο
""",
    "hindi": """
है हैं के की का में और से को पर यह वह नहीं भी एक हो तो ही था थे थी कर ने इस उस जो क्या कौन कहाँ कैसे
क्यों कब या लिए साथ बाद अपने मैं हम आप तुम वे ये गया किया जा रहा रहे कुछ बहुत अगर लेकिन तक
""",
    "hungarian": """
a az és egy hogy nem is van volt meg ez azt de csak mint ha már még el vagy minden aki ami amely mit mi
ki hol hogyan miért mikor én te ő mi ti ők lesz nagyon több után között szerint lehet kell itt ott ezt
nincs
""",
    "indonesian": """
yang dan di ini itu dengan untuk tidak dari dalam pada ke akan adalah juga saya anda kami kita mereka dia
atau oleh ada bisa sudah telah karena seperti apa siapa mana bagaimana mengapa kapan kalau jika tetapi
lebih sangat para
""",
    "irish": """
agus an na is ar le go ní tá bhí sé sí mé tú sibh siad seo sin i do de ag ach nó mar cad cé conas cathain
fáth gur chuig leis aon ó faoi as raibh bheith féin níos nach
""",
    "italian": """
il lo la i gli le un uno una di del della dei delle degli che e è per non con sono si da dal dalla in nel
nella su sul sulla ma come più anche questo questa questi queste chi cosa dove quando perché io tu lui
lei noi voi loro suo sua suoi ha hanno era al alla ai alle se o ed essere stato molto
""",
    "lithuanian": """
ir yra kad į ne su iš bet kaip tai jis ji mes jūs jie aš tu kas kur kodėl kada ar arba buvo labai dar tik
jau per po nuo iki apie už šis ši savo jo jos jų būti gali taip pat
""",
    "nepali": """
छ छन् र को मा ले लाई हो यो त्यो पनि भएको थियो गर्न गरेको हुन् तर कि के किन कसरी कहाँ कहिले म हामी तपाईं
उनी एक भने गर्ने यस त्यस सबै धेरै अब
""",
    "norwegian": """
og det er en et den til på av med som ikke jeg du vi han hun de dem deres hans hennes var har hadde ble
bli være kan skal vil om fra også etter ved eller hva hvem hvor hvordan hvorfor noe noen mye denne dette
disse seg på sin å nå
""",
    "persian": """
و در به از که این را با است برای آن یک خود تا بر هم نیز ها شد می اما اگر یا هر چه چرا چگونه کجا کی من تو
او ما شما آنها بود شده کرد دارد باید نیست هستند های پس بین دیگر همه
""",
    "polish": """
i w na z że się nie jest do to jak ale za od po przez dla o są był była było były być już tylko czy tak
który która które co kto gdzie kiedy dlaczego jego jej ich ten ta te oraz może bardzo więcej niż też lub
przy
""",
    "portuguese": """
o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com que e é não mais como
mas foi ao aos à às se sua seu seus suas ele ela eles elas você nós eu isso este esta esse essa isto são
ser tem quem onde quando porquê qual também já muito até pode está entre sem há ou
""",
    "romanian": """
și este în de la cu nu pe un o că din pentru mai sunt a al ale cel cea cei cele se ce cine unde cum când
dar sau dacă eu tu el ea noi voi ei lui lor fost fi acest această acesta aceasta după foarte prin fără
doar
""",
    "russian": """
и в во не на что я он она оно они мы вы ты с со как а но то все это этот эта эти за из от до по к ко у о
об для при так же бы его её их мой твой наш ваш был была было были быть есть или если когда где кто
почему зачем чтобы только ещё уже нет да который которая которые которых также можно очень
""",
    "serbian": """
и је у да се на не са за од су као али или ако по из то ово овај ова ти ми ви он она они што шта ко где
како зашто када био била било бити није само још већ све због после који која које i je u da se na ne sa
za od su kao ali ili ako po iz to ovo ovaj ova ti mi vi oni što šta ko gde kako zašto kada bio bila bilo
biti nije samo još već sve zbog posle koji koja koje
""",
    "sesotho": """
le ka ke ho ba ha o e a tsa la ea sa mo hore kapa empa hape feela joalo hona bona rona lona eena mang eng
kae joang hobaneng neng bile tla ntse batho ena tsena
""",
    "spanish": """
el la los las un una unos unas de del al y en que por con no se es para su sus como más pero lo le les ha
me si ya o este esta estos estas esto ese esa eso son fue ser era está están muy también cuando donde
dónde quién qué cómo cuándo porque sobre entre sin hasta desde hay nos yo tú él ella nosotros ellos mi tu
todo todos
""",
    "swedish": """
och att det som en på är av för med den till inte ett jag du vi han hon de dem deras hans hennes var har
hade blev bli kan ska skall vill om från också efter vid eller vad vem hur varför när något några mycket
denna detta dessa sig där än så
""",
    "tamil": """
மற்றும் இந்த அந்த ஒரு என்று என இது அது அவர் நான் நாம் நீ நீங்கள் அவன் அவள் அவர்கள் இல்லை உள்ள இருந்து
போன்ற வேண்டும் என்ன யார் எங்கே எப்படி ஏன் எப்போது ஆனால் அல்லது மேலும் பின்னர் மிகவும் இருக்கும் உள்ளது
""",
    "turkish": """
ve bir bu da de için ile çok daha ama ne o ben sen biz siz onlar gibi kadar var yok değil olan olarak her
şey mi mı mu mü ki ya veya hem nasıl neden niçin nerede kim hangi sonra önce bunu onu onun bana sana
olduğu ise
""",
    "yiddish": """
און די דער דאָס איז אין פֿון נישט צו מיט אויף אַ אַן ער זי זיי מיר איר איך דו וואָס ווער ווי וווּ
פאַרוואָס ווען אָבער אויך האָט האָבן זײַן געווען אַז פֿאַר ביי נאָך
""",
}

SMALL_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(tokenize(written)) for language, written in _WRITTEN.items()
}
"""By PyStemmer's name of the language, folded."""

_MEANINGFUL = """
ada bio cad chi come comment dos ed eso fi go hi hol ini io kde med met mit mon need nor ok ole once os par plus pro
proc sans see sense sig take ten todo uno van vice via
"""
"""Words that are small in one language but mean something in another, where people search for them."""

STOPWORDS = frozenset[str]().union(*SMALL_WORDS.values()) - frozenset(_MEANINGFUL.split())
"""Small words of any language."""
