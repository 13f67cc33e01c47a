"""Words that ask rather than name: "use" and "find" in "how do I use beans". Only long searches leave them out.

Small words such as "how" are in `small_words.py`. Each word is written as people write it, and folded like the index.
"""

from bot.search.tokens import tokenize

_WRITTEN = """
affect affects anybody anyone anything best better cause causes choose difference does done exactly example
explain explained find fix get gets getting give good got happen happens help how's know like look looking
make makes making many mean meaning means much must my myself need needed needs our please possible prefer
really recommend search shall should show someone something start stop tell than that's thing things think
those try trying understand use used useful uses using want wants way ways what's where's who's why's work
working works worth worthwhile would your

anfangen arbeitet bedeuten bedeutet benutze benutzen benutzt besser beste besten bester bitte brauche brauchen
braucht darf deine dienen dient dürfen eigentlich empfehlen erkläre erklären finde finden findest findet
funktionieren funktioniert geben geht genau gibt gute guten helfen hilfe hilft ihre irgendwo jemand keine
keinen keiner kennt klappt konnte können könnte könnten mache machen macht meine meinem meinen meiner muss
möchte möchten mögen möglich müssen nutze nutzen nützlich ohne passiert selbst sinn soll sollen sollte sollten
suche suchen tun unsere unterscheidet unterschied unterschiede ursache verstehe verstehen verwende verwenden
verwendet viele weiß welchem welchen welcher welches wenn wichtig will willst wirklich wissen wofür woher
wohin wollen womit woran worauf worum wozu würde würden zeigen

aider aidez aller arrive beaucoup besoin bien cause cherche cherchent chercher choisir choses connaître
conseiller conseillez convient devez devoir devrais devrait différence différences dire dois doit doivent
donner exactement exemple existe existent explique expliquer faire fait faites falloir faudrait faut
fonctionne fonctionnent fonctionner important importante marche marchent marcher meilleur meilleure meilleures
meilleurs mien mieux moi obtenir passe permet personne peut peuvent peux possible pourrais pourrait pouvez
pouvoir préférer puis quelle quelles quelqu quelque quels quoi recommander sait savoir sert servent servir
signifie signifient soi sont souhaite suis tous toute trouve trouvent trouver trouvez utile utiles utilise
utilisent utiliser veulent veut veux voudrais vouloir

ayuda ayudar buscar busco causa cosa cosas cualquier cuál cuáles cuántas cuánto cuántos debe deben debería
deberían debo decir diferencia diferencias dónde ejemplo elegir encontrar encuentra encuentro existe existen
explica explicar funciona funcionan funcionar hace hacen hacer hago hay haya importante mejor mejores mucho
muchos necesita necesitan necesito nuestra nuestro obtener ocurre parece pasa poder podría podrían posible
puede pueden puedo querer quiere quiero recomendar recomiendan sabe saber sería significa significan sirve
sirven sé tener tengo tiene usa usan usar uso utilizar veces útil útiles

acha achar acontece ajuda ajudar algo alguém causa coisa coisas consegue consigo deve devem deveria devo
diferença diferenças dizer encontra encontrar encontro escolher exemplo existe existem explica explicar faz
fazem fazer faço fica ficar funciona funcionam funcionar há importante melhor melhores muito muitos nossa
nosso obter onde parece pode podem poderia posso possível precisa precisam preciso procurar quais qual quanto
quantos quer querer quero recomendar sabe saber seria serve servem significa significam tem tenho ter usa usam
usar uso utilizar vezes úteis útil

будет буду будут бывает важен важна важно важны вашего вашей ваши весь возможно вообще выбрать делает делаете
делать должен должна должно должны друг зачем значит из-за именно искать использовать используется используют
какая какие каким какими каких какое какой какую которой кто-нибудь кто-то лучшая лучше лучшие лучший меня мог
могу могут мое моего моей моем моему может можете можно мои моих мой мою моя надо найти настроить наш наша нет
нужен нужна нужно нужны объясните объяснить означает означают отличается отличие перестать подскажите поему
пользоваться помогает помогите поможет помочь понять посоветуйте почему-то пример причина происходит работает
работать работают разница разницу рекомендуете своего своей своим своими своих свой свою своя сделать следует
случается смысл советуете стоит существует существуют такие такое узнать хотел хотеть хочет хочу чего чего-то
чему через что-нибудь что-то чья чём

använda användbar användbart använder använt behöva behövde behöver bero beror betyda betyder borde bäst bästa
bättre bör exempel finna finns fungera fungerar få får förklara förklarar förstå gå går gör göra hitta hittade
hittar hjälp hjälpa hjälper hända händer kan kunde kunna letar menas min mina mitt mycket många måste möjligt
nytta när någon något några orsak orsakar rekommendera rekommenderar sak saker själv själva skaffa skall
skillnad skillnaden skillnader skulle söka söker tänka vanligt veta viktig viktigt vilka vilken vilket vill
ville visar välja vår våra åt

أبحث أجد أحتاج أحد أحصل أختار أريد أسباب أستخدم أستطيع أستعمل أشياء أعرف أفضل اختيار استخدام استعمال اشرح
الفرق تجب تستطيع تعمل تعني ساعدني سبب شرح شيء فائدة فرق فوائد كم لمن متى مثال مساعدة معنى ممكن منا مهم مهمة
نحتاج نريد نستطيع يجب يحتاج يحدث يحصل يريد يستخدم يستطيع يعرف يعمل يعني يمكن يمكنك يمكننا يمكنني ينبغي

cerca cercare cerco consiglia cosa cose deve devo differenza dovrei esempio esiste esistono faccio funziona
funzionano importante meglio migliore migliori possibile posso possono potrei puoi può qualcosa qualcuno quale
quali quanti quanto sapere serve servono significa significano spiega spiegare succede trova trovare trovo usa
usare uso utile utilizzare voglio vorrei

beste betekenen betekent beter gebruik gebruiken gebruikt helpen helpt iemand iets kies kiezen kunnen kunt
maak maken mijn moet moeten mogelijk nodig onze uitleggen verschil verschillen vind vinden voorbeeld waarmee
waarvoor welk welke werken werkt wil willen zoek zoeken zou

bedre bedst bedste best beste betyder betyr brug bruge bruger bruk bruke bruker eksempel finde finder findes
finne finner finnes forklare forskel forskellen forskjell forskjellen fungerer gjør gøre hjelp hjelpe hjælp
hjælpe hvilke hvilken hvilket kunne min mit mitt mulig må noe noen nogen noget skal skulle trenger viktig vil
ville virker

czemu dlaczego działa działają jaka jaki jakie jakiego której mam mogę moja moje może można mój najlepsza
najlepsze najlepszy oznacza polecacie potrzebuję powinien powinienem przykład różnica różnice szukam używać
użyć warto ważne wyjaśnić znaczy znaleźć zrobić

comment dos ha med met mit os par plus
"""

QUESTION_WORDS = frozenset(tokenize(_WRITTEN))
"""The words of all languages."""
