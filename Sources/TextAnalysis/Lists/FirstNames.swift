/// Common first names, mostly of English-speaking countries with a sample of others (own compilation).
enum FirstNames {
    static let list = """
        aaron abdul abdullah abigail adam adrian ahmed aisha alan albert alejandro alessandro alex alexander alexandra
        alexei alfred ali alice alicia alison allen alma amanda amelia amina amy ana anders andre andrea andreas
        andrei andrew angela angus anil anita anja ann anna anne annette annika anthony antonio antónio anton anya
        arthur arun astrid audrey barbara barry beatrice beatriz ben benjamin bernard beth betty björn boris brandon
        brenda brian bridget bruce bryan camila camille carl carla carlos carmen carol caroline caspar catherine cathy
        cecilia charles charlie cheryl chris christian christina christine christopher claire clara claudia colin
        connor craig cristina cynthia daisy dale damian dan daniel daniela danielle darren dave david dawn deborah
        debra declan deepak dennis derek diana diane diego dmitri dominic donald donna doris dorothy doug douglas
        duncan dylan ebba edith edmund eduardo edward eileen eirik elaine eleanor elena eli elias elif elin elizabeth
        ella ellen elsa elsie emil emilia emily emma emmanuel enrique eric erica erik erika erin esther ethan eugene
        eva evan evelyn fatima fatou fernando fiona frances francesca francis francisco françois frank fred frederick
        freya gabriel gareth gary gavin gemma geoffrey george gerald gerard gillian giovanni giulia giuseppe gloria
        gordon graham greg gregory greta gunnar gus hannah hans harold harriet harry hassan heather hector heidi helen
        helena helga henrik henry hilary hiroshi howard hugh hugo hussein ian ibrahim igor imran ines ingrid irene
        iris isaac isabel isabella ivan jack jacob jacqueline jake jakob james jamie jan jane janet janice jason
        javier jay jean jeff jeffrey jennifer jens jeremy jerome jerry jesse jessica jill jim jimmy jing joan joanna
        joanne joe joel johan johanna john johnny jon jonas jonathan jorge josé joseph josephine joshua joyce juan
        judith judy julia julian juliana julie juan justin kamala karen karin karl kate katherine kathleen kathryn
        kathy katie keith kelly ken kenji kenneth kerry kevin khalid kim kirsten kristin kristina kumar kwame kyle
        lars laura lauren laurent lawrence leah leila lena leo leon leonard leonardo leonie lewis liam lily linda lisa
        lois lorenzo louis louise luca lucas lucia lucy luis luke lydia lynn magnus malcolm manuel mara marc marcel
        marco marcus margaret maria mariana marie marina mario marion marit marta martha martin martina mary mateo
        matilda matt matteo matthew maureen maurice mauricio max maya megan mehmet mei melanie melissa michael
        michelle miguel mike mikhail ming miriam mohamed mohammad mohammed molly monica morten moses muhammad naomi
        natalia natalie natasha nathan neil nelson niamh nicholas nicola nicolas nicole nigel nikhil nina noah noor
        nora norman oliver olivia olga omar oscar ole owen pablo pamela patricia patrick paul paula pauline pedro
        peter petra philip phillip phoebe pierre piotr priya rachel rafael rajesh ralph ramón raúl rashid raymond
        rebecca richard rita rob robert roberto robin roger roland ronald rosa rosemary ross ruth ryan sabine sadiq
        sally salma sam samantha samir samuel sandra sanjay sara sarah scott sean sebastian sergei seth shannon sharon
        sheila shirley sigrid simon simone siobhan sofia solveig sonia sophia sophie stefan stella stephanie stephen
        steve steven stuart sunil susan susanna suzanne sven sylvia tamara tanya tara tariq ted teresa terence terry
        theo theodore theresa thomas tim timothy tina tobias todd tom tommy tony tracy trevor ursula valerie vanessa
        vera veronica victor vikram vincent vladimir volodymyr walter wanda wayne wendy wilhelm william winston xavier
        xi yasmin yolanda yuki yusuf yves yvonne zainab zoe agnes aidan akira alain alexis alistair amara ángel
        antoine antony arnaud aslan benoît björk blanca bogdan boubacar bernd bettina birgit cedric chantal chidi
        chinedu ciara clement clive conor cyril dagmar dario delphine dieter dirk doreen edgar elodie emeka emmeline
        enzo erdoğan erich erling ernest esteban eun fabian fabio farid federico felipe felix ferdinand florian
        francois frans fredrik fritz geert georg georges gerhard gilles giorgio graciela guillaume günter gustav
        haruto heinrich henri hermann hiro holger ibrahima ilse imogen inga irena ismail ivana jacques jamal javed
        jochen joachim joão jorgen josef jozef jürgen kaito kaja katarzyna katja katrin kemal klaus konrad krzysztof
        leena leopold lionel ludwig lucien luisa lukas maciej mahmoud maja malik marek marguerite mariam matthias
        mathieu mauro mehdi michal michel mikael milena mirjam mustafa nadia naoko narendra nasser nicolás nils
        nikolai nuno odile olaf olena oleksandr ousmane pavel pascal per petr philippe pieter pilar rahul rainer ravi
        reinhard remy renate riccardo rolf rune salvatore satoshi selim shinzo sergio silvia silvio søren stefano
        stéphane sunita takeshi tatiana thierry thomasina tomás tomasz torsten tove ulrich ulrike umar usman uwe
        vaclav viktor vivek wolfgang yann yannick yasser yevgeny youssef yuri yvette zahra zdeněk zeynep
        """

    /// First names that are common words, months or places too: they need a surname that is neither.
    static let ambiguous = """
        april art august austin bill charlotte chase chelsea christian colt crystal dean drew eden faith florence
        frank georgia grace grant guy hope hunter jade jordan joy june madison mark may melody miles nick olive paris
        pat penny pierce ray reed rich rob rose ruby savannah sage sky sue summer sydney violet victoria virginia wade
        ward will
        """
}
