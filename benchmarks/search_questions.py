"""Questions of five to eight words about two or three words of a post.

They are questions that others wrote, with the words that say what they are about taken out: titles of GNOME's help in
each language (package gnome-user-docs), French also from Debian's answers (debian-faq-fr), Arabic from the Debian
handbook (debian-handbook). So they were not made with the bot's list of words that ask in mind.
The posts with these titles are in the collections, so they compete with the one that is looked for.
"""

import random

from benchmarks.search_forms import Form, Vocabulary, remembered
from benchmarks.search_typed import TypedQuery
from benchmarks.texts.posts import Post

_QUESTIONS = {
    "arabic": (
        "هل {} {} بشكل صحيح؟",
        "من يستطيع {} {} {}؟",
        "كم ننوي أن {} في سبيل {}؟",
        "هل تستطيع {} {} {}؟",
        "هل تعمل {} {} {}؟",
    ),
    "english": (
        "Why is my {} not on the {}?",
        "How do I {} {} to {}?",
        "How do I {} my {}?",
        "What’s the difference between {} and {}?",
        "Which {} {} are supported?",
        "Can I share my {} {}?",
        "Where do I get {} {}?",
        "Why is {} {} important?",
        "What if the {} does not {}?",
        "What if the {} is too {}?",
        "What are {} {} {}?",
        "What do {} and {} mean?",
        "Why should I not use {} {}?",
        "What happens when I {} my {}?",
        "Why does my {} {} keep {}?",
        "How do {} {} work?",
        "Why are {} {} useful?",
    ),
    "french": (
        "Où trouver les {} à {} ?",
        "Que faire si le {} n’est pas {} ?",
        "Que se passe-t-il lorsque je {} mon {} ?",
        "Comment afficher la {} des {} d'un {} ?",
        "Comment {} un {} n'appartenant pas à {} ?",
        "Comment puis-je garder mon {} à {} ?",
        "Comment trouver le {} contenant un {} ?",
        "Quel est le {} d'un {} {} ?",
        "Puis-je {} et {} un {} ?",
        "Qu'est ce qu'un {} de {} ?",
        "Quelle est la dernière {} de {} ?",
        "Quelles autres {} existent sur le {} ?",
        "Sur quelle {} fonctionne {} ?",
        "Y a-t-il une {} des {} {} ?",
    ),
    "german": (
        "Warum sollte ich ein {} {}?",
        "Wie kann ich meine {} {}?",
        "Was ist der Unterschied zwischen {} und {}?",
        "Kann ich mein {} {}?",
        "Wo kann ich {} {}?",
        "Warum ist die {} zu {}?",
        "Was tun, wenn der {} nicht {} wird?",
        "Was bedeuten {} und {}?",
        "Warum sollte ich keine {} {}?",
        "Muss ich meine {} auf {} {} lassen?",
        "Was bedeuten die {} im {} {}?",
        "Warum sind {} {} sinnvoll?",
        "Warum ist mein {} im {} {}?",
    ),
    "portuguese": (
        "Por que adicionar uma {} {}?",
        "Onde posso achar os {} que quero {}?",
        "Como eu posso verificar os {} de {}?",
        "Qual a diferença entre {} e {}?",
        "Para que {} de {} há suporte?",
        "Onde consigo {} de {}?",
        "O que é um {} de {}?",
        "Por que eu mesmo preciso {} {}?",
        "Por que minha {} {} fica {}?",
        "Como {} {} a {}?",
        "Por que o {} de {} é importante?",
        "E se o {} não for {}?",
        "E se o {} estiver {} demais?",
        "O que são as {} do {} {}?",
        "Eu preciso de um {} de {}?",
        "O que {} e {} significam?",
        "O que acontece quando eu {} o {}?",
        "Como funcionam os {} {}?",
        "Por que os {} {} são úteis?",
    ),
    "russian": (
        "Почему {} моей {} отсутствует в {}?",
        "Где найти {}, которые я хочу {}?",
        "В чём разница между {} и {}?",
        "Какие {} для {} {} поддерживаются?",
        "Могу ли я {} своим {} {}?",
        "Что делать, если {} не {}?",
        "Что делать, если {} слишком {}?",
        "Что такое {} и {}?",
        "Нужна ли мне {} {}?",
        "Почему не следует использовать {} {}?",
        "Что происходит при {} {} в {}?",
        "Почему мой {} через некоторое время {}?",
        "Как проверить {} {} или {}?",
        "Что означают {} в {} {}?",
        "Как работают {} {} {}?",
    ),
    "spanish": (
        "¿Por qué debería {} una {}?",
        "¿Cómo {} {} a los {}?",
        "¿Cuál es la diferencia entre {} y {}?",
        "¿Qué {} de {} están soportados?",
        "¿Se puede {} un {} de {}?",
        "¿Dónde se pueden {} {} de {}?",
        "¿Por qué es importante la {} del {}?",
        "¿Qué hacer si el {} no se {}?",
        "¿Qué pasa si el {} está demasiado {}?",
        "¿Qué son los {} {}?",
        "¿Qué es la {} de {}?",
        "¿Qué significan {} y {}?",
        "¿Por qué mi {} {} permanece {}?",
        "¿Qué ocurre cuando {} el {}?",
        "¿Qué significan los {} de la {} {}?",
        "¿Cómo funcionan los {} de {}?",
        "¿Por qué no puedo {} {}?",
    ),
    "swedish": (
        "Varför är min {} inte på {}?",
        "Var kan jag hitta {} jag vill {}?",
        "Hur {} jag {} till {}?",
        "Hur {} jag min {}?",
        "Vad är skillnaden mellan {} och {}?",
        "Vilka {} finns det {} för?",
        "Var får jag tag på {} {}?",
        "Hur testar jag om {} fungerar {}?",
        "Varför måste jag själv {} {}?",
        "Varför finns det {} eller {} på mina {}?",
        "Vad händer om {} är allt för {}?",
        "Behöver jag {} min {} efter {}?",
        "Vad betyder {} och {}?",
        "Varför bör jag inte använda {} {}?",
        "Vad händer när jag {} min {}?",
    ),
}


def question(
    language: str, post: Post, form: Form, vocabulary: Vocabulary, dice: random.Random
) -> TypedQuery | None:
    """Return a question about some of a post's rarer words, or None if it has too few."""
    query = remembered(post, form, vocabulary, dice)
    return query and asking(language, query, dice)


def asking(language: str, query: TypedQuery, dice: random.Random) -> TypedQuery:
    """Return a question about the two or three words of a query."""
    fitting = [each for each in _QUESTIONS[language] if each.count("{}") == len(query.words)]
    return TypedQuery(tuple(dice.choice(fitting).format(*query.words).split()))
