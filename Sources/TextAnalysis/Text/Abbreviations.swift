/// English abbreviations that are written with a full stop (own compilation).
enum Abbreviations {
    /// Always followed by more of the sentence: titles, references, Latin.
    static let neverFinal = WordList.set(
        """
        mr mrs ms mx dr prof gen sen rep gov lt col capt cmdr sgt cpl maj adm rev hon fr mt ft messrs mme pres supt insp
        st det vs v cf viz e.g i.e eg ie approx ca fig figs eq sec ch vol pp ed eds nos art
        """)

    /// Ends a sentence only if a word follows that commonly begins one.
    static let seldomFinal = WordList.set(
        """
        inc ltd corp co llc plc bros jr sr ave blvd rd dept univ assn est u.s u.k u.n e.u u.s.a d.c l.a n.y ph.d m.d b.a
        jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
        ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa
        tenn tex va vt wash wis wyo
        """)

    /// Followed by a number they are abbreviations, otherwise words.
    static let beforeNumber = WordList.set("no p pg para")

    /// Of time: what follows begins a sentence unless it is a day, a month or a zone.
    static let clock = WordList.set("a.m p.m am pm")
}
