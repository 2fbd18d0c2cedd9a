"""Tokens that count for no language, and common words of languages we have no comments in."""

from __future__ import annotations

SILENT = frozenset(("https", "http", "www", "com", "co", "t", "rt", "html", "user", "url", "amp"))
"""Tokens of addresses and of quoting, the same in every language."""
WORDS: dict[str, str] = {
    "es": "el la los las de del que y en un una unos por con para como pero más mas muy también "
    "tambien no sí si es son está esta están eso esto ese este esos estos fue era ser estar hay "
    "había hace hacer tiene tienen tengo quiero quiere puede pueden puedo todo todos toda todas "
    "nada nadie algo alguien mucho muchos mucha poco siempre nunca ahora hoy ayer mañana aquí allí "
    "donde cuando porque qué quién cómo yo tú él ella nosotros ustedes ellos mi tu su sus nos les "
    "me te se le lo país gente gobierno mujer mujeres hombre hombres vida mundo años día tiempo "
    "casa trabajo dinero gracias hola bueno malo mejor peor gran grande odio amo mierda puta hijo "
    "creo digo dice dijo sabe saben vamos voy va van ver soy eres somos usted sin sobre entre hasta "
    "desde cada otro otra otros mismo verdad mentira problema deben debería merecen estoy cosas",
    "it": "il lo la gli le di del della dei delle che e è un uno una per con come ma più molto anche "
    "non si sì sono sei siamo era essere stato ho hai ha abbiamo hanno avere fare fa faccio questo "
    "questa questi queste quello quella tutto tutti tutte niente nessuno qualcosa sempre mai adesso "
    "oggi ieri domani qui dove quando perché chi io tu lui lei noi voi loro mio tuo suo nostro mi ti "
    "ci vi al alla nel nella sul sulla dal dalla paese gente governo donna donne uomo uomini vita "
    "mondo anni giorno tempo casa lavoro soldi grazie ciao buono cattivo meglio peggio grande odio "
    "amo merda cazzo figlio credo dice detto sa sanno andiamo vado va vanno vedere senza tra fino "
    "ogni altro altra altri stesso vero problema devono dovrebbe meritano sto cose così ancora già "
    "solo quindi però poi bene male allora schifo stronzo vaffanculo puttana fosse essere potrebbe",
    "nl": "de het een en van in is dat die op te zijn met voor niet aan er om ook als maar dan naar "
    "bij uit nog wel geen wat hij zij ze wij we jij je ik mij mijn jouw hun haar ons onze heeft heb "
    "hebben had was waren wordt worden werd kan kunnen moet moeten wil willen zal zullen gaan gaat "
    "doen doet maken meer veel weinig alles niets niemand iets iemand altijd nooit nu vandaag "
    "gisteren morgen hier daar waar wanneer waarom wie hoe land mensen regering vrouw vrouwen man "
    "mannen leven wereld jaar dag tijd huis werk geld bedankt hallo goed slecht beter groot haat "
    "hou kut klootzak hoer zoon denk zegt zei weet weten kom komt zien zonder over tussen tot elke "
    "andere zelf waar waarheid leugen probleem verdienen deze dit zo al alleen dus toch eens heel "
    "echt gewoon altijd weer want door omdat tegen sinds lijk vieze domme kanker tering rot",
    "pl": "i w z na do nie się jest to że co jak ale za od po o dla jego jej ich ten ta te tego tej "
    "są był była było być mam masz ma mamy mają mieć może mogą mogę chce chcę chcą wszystko wszyscy "
    "nic nikt coś ktoś zawsze nigdy teraz dziś wczoraj jutro tutaj tam gdzie kiedy dlaczego kto ja "
    "ty on ona my wy oni mój twój nasz mnie ciebie kraj ludzie rząd kobieta kobiety mężczyzna życie "
    "świat lata dzień czas dom praca pieniądze dziękuję dzięki cześć dobry dobrze zły źle lepiej "
    "gorzej duży nienawidzę kocham kurwa gówno syn myślę mówi powiedział wie wiedzą idę iść widzieć "
    "bez przez przed między każdy inny inni sam prawda kłamstwo problem powinni powinien zasługują "
    "tylko już jeszcze bardzo tak też więc bo czy tym tych które który która jestem jesteś jesteśmy",
    "tr": "ve bir bu da de için ile çok ne var yok ben sen o biz siz onlar benim senin onun bizim "
    "ama gibi daha en kadar sonra önce şimdi bugün dün yarın burada orada nerede neden niye nasıl "
    "kim hiç her şey hep herkes kimse değil mi mı olan olarak oldu olur olsun olmak etmek yapmak "
    "diye iyi kötü güzel büyük küçük insan insanlar ülke kadın erkek hayat dünya yıl gün zaman ev iş "
    "para teşekkürler merhaba evet hayır lütfen bence gerçekten seviyorum nefret ediyorum istiyorum "
    "geliyor gidiyor biliyor musun dedi diyor artık sadece bile böyle öyle bütün aynı başka sizin",
    "sv": "och att det som en ett på är av för med den till inte har de om han hon jag du vi ni dem "
    "var men så från kan ska skulle vill måste här där när varför vem hur vad alla allt inget ingen "
    "något någon alltid aldrig nu idag igår imorgon min din sin vår land människor kvinnor män liv "
    "värld år dag tid hus jobb pengar tack hej bra dålig bättre stor hatar älskar skit jävla fan son "
    "tror säger sa vet kommer går se utan över mellan varje andra själv sant eller också bara mycket",
    "da": "og at det som en et på er af for med den til ikke har de om han hun jeg du vi i dem var "
    "men så fra kan skal ville vil må her der når hvorfor hvem hvordan hvad alle alt intet ingen "
    "noget nogen altid aldrig nu dag går morgen min din sin vores land mennesker kvinder mænd liv "
    "verden år tid hus arbejde penge tak hej god dårlig bedre stor hader elsker lort fanden søn tror "
    "siger sagde ved kommer går se uden over mellem hver andre selv sandt eller også kun meget bliver",
    "no": "og at det som en et på er av for med den til ikke har de om han hun jeg du vi dere dem "
    "var men så fra kan skal ville vil må her der når hvorfor hvem hvordan hva alle alt ingenting "
    "ingen noe noen alltid aldri nå dag går morgen min din sin vår land mennesker kvinner menn liv "
    "verden år tid hus jobb penger takk hei bra dårlig bedre stor hater elsker dritt faen sønn tror "
    "sier sa vet kommer går se uten over mellom hver andre selv sant eller også bare mye blir ikkje",
    "fi": "ja on ei se että en hän oli ovat mutta kun niin myös joka mitä tämä minä sinä me te he "
    "minun sinun ole olla olen olet vain jos kuin nyt tänään eilen huomenna täällä siellä missä "
    "milloin miksi kuka miten kaikki mitään joku aina ei koskaan maa ihmiset hallitus nainen naiset "
    "mies miehet elämä maailma vuosi päivä aika talo työ raha kiitos hei hyvä huono parempi suuri "
    "vihaan rakastan paska vittu poika luulen sanoo sanoi tietää tulee menee nähdä ilman välillä "
    "jokainen muut itse totta valhe pitäisi vielä sitten sekä tai kanssa paljon saatana perkele",
    "cs": "a v se na je že to s z do i o k ale jako za by tak po pro co jsem jsi jsou byl byla bylo "
    "být mám máš má máme mají může můžu chci chce všechno všichni nic nikdo něco někdo vždy nikdy "
    "teď dnes včera zítra tady tam kde kdy proč kdo já ty on ona my vy oni můj tvůj náš země lidé "
    "lidi vláda žena ženy muž muži život svět roky den čas dům práce peníze děkuji ahoj dobrý dobře "
    "špatný lepší velký nenávidím miluju kurva hovno syn myslím říká řekl ví jdu jít vidět bez přes "
    "před mezi každý jiný sám pravda lež problém měli jen už ještě moc taky nebo protože když které",
    "ro": "și si în in de la cu pe nu că ca este sunt era fi am ai are avem au a o un din pentru mai "
    "dar sau ce cine unde când de ce cum eu tu el ea noi voi ei meu tău său tot toți nimic nimeni "
    "ceva cineva mereu niciodată acum azi ieri mâine aici acolo țară oameni guvern femeie femei "
    "bărbat viață lume ani zi timp casă muncă bani mulțumesc salut bun rău mai bine mare urăsc iubesc "
    "căcat pula fiu cred spune zis știe merge văd fără între fiecare alt același adevăr minciună "
    "trebuie foarte doar asta acest această acestea care prin după până atunci deci fost facut",
    "hu": "a az és hogy nem is egy van volt ez azt de ha meg már csak mint még el ki be mert vagy "
    "én te ő mi ti ők nekem neked neki minden semmi senki valami valaki mindig soha most ma tegnap "
    "holnap itt ott hol mikor miért mit kell lehet ország emberek kormány nő nők férfi élet világ év "
    "nap idő ház munka pénz köszönöm szia jó rossz jobb nagy utálom szeretem szar kurva fiú gondolom "
    "mondja mondta tudja megy látni nélkül között minden más maga igaz hazugság nagyon lesz vannak",
    "id": "yang dan di itu ini dengan untuk tidak dari dalam akan pada juga saya aku kamu dia kita "
    "mereka kami ada adalah bisa harus mau sudah belum lagi lebih sangat semua tidak apa siapa kapan "
    "mengapa bagaimana di sini sana sekarang hari kemarin besok selalu pernah negara orang "
    "pemerintah perempuan laki hidup dunia tahun waktu rumah kerja uang terima kasih halo baik buruk "
    "besar benci cinta anjing bangsat anak pikir kata tahu pergi lihat tanpa antara setiap lain "
    "sendiri benar bohong masalah karena tapi atau kalau seperti hanya banyak jangan sama oleh bukan",
    "hi": "hai hain nahi nahin kya kyun kyu ko ki ka ke se aur mein main hum tum aap woh wo yeh ye "
    "koi bahut log logo kar karo karte karta raha rahe rahi ho hota hote tha the thi bhi sab kuch "
    "mera meri mere tera teri tere apna apne apni uska unka iska inka mujhe tujhe use unhe hamare "
    "jab tab kab kahan yahan wahan kaise acha accha bura bada desh sarkar aurat admi zindagi duniya "
    "saal din samay ghar kaam paisa dhanyavaad namaste nafrat pyar sala saala kutta kutte chutiya "
    "beta sochta bolta bola kaha jaanta jao jata dekho bina beech har dusra khud sach jhoot problem "
    "hona chahiye chahie sirf bas abhi phir fir lekin par agar toh to na ji matlab wala wale wali",
    "vi": "la va cua co khong mot nhung cac nguoi nay do toi ban anh em chung ta ho duoc cho voi "
    "trong tren ve rat cung da dang se lam gi ai dau khi nao tai sao the nhu biet di den noi thay "
    "nuoc chinh phu phu nu dan ong doi song the gioi nam ngay thoi gian nha cong viec tien cam on "
    "xin chao tot xau hon lon ghet yeu con nghi moi khac minh that nhieu chi phai thi ma neu vi qua",
}
"""Language -> words. German, French, Portuguese, Arabic and English come from real comments."""

SCRIPTS: tuple[tuple[str, int, int], ...] = (
    ("el", 0x370, 0x3FF),
    ("ru", 0x400, 0x52F),
    ("hy", 0x530, 0x58F),
    ("he", 0x590, 0x5FF),
    ("ar", 0x600, 0x6FF),
    ("ar", 0x750, 0x77F),
    ("hi", 0x900, 0x97F),
    ("bn", 0x980, 0x9FF),
    ("ta", 0xB80, 0xBFF),
    ("th", 0xE00, 0xE7F),
    ("ka", 0x10A0, 0x10FF),
    ("ko", 0x1100, 0x11FF),
    ("am", 0x1200, 0x137F),
    ("ja", 0x3040, 0x30FF),
    ("zh", 0x3400, 0x9FFF),
    ("ko", 0xAC00, 0xD7AF),
)
"""Scripts that tell the language, or its commonest one, by themselves."""
OTHER_SCRIPTS: tuple[tuple[str, int, int], ...] = (
    ("syr", 0x700, 0x74F),
    ("dv", 0x780, 0x7BF),
    ("ar", 0x8A0, 0x8FF),
    ("pa", 0xA00, 0xA7F),
    ("gu", 0xA80, 0xAFF),
    ("or", 0xB00, 0xB7F),
    ("te", 0xC00, 0xC7F),
    ("kn", 0xC80, 0xCFF),
    ("ml", 0xD00, 0xD7F),
    ("si", 0xD80, 0xDFF),
    ("lo", 0xE80, 0xEFF),
    ("bo", 0xF00, 0xFFF),
    ("my", 0x1000, 0x109F),
    ("km", 0x1780, 0x17FF),
    ("mn", 0x1800, 0x18AF),
    ("ka", 0x1C90, 0x1CBF),
    ("el", 0x1F00, 0x1FFF),
    ("zh", 0x3100, 0x312F),
    ("ko", 0x3130, 0x318F),
    ("zh", 0xF900, 0xFAFF),
    ("ar", 0xFB50, 0xFEFC),
    ("ja", 0xFF66, 0xFF9F),
    ("zh", 0x20000, 0x323AF),
)
"""The same of scripts whose languages the detector was not taught."""
NO_NAME = "und"
"""The language of a script in neither list."""
