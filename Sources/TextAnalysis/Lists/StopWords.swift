/// English function words and the adverbs that often begin a sentence of news (own compilation).
///
/// They carry no topic (summary), begin sentences (splitter) and are never part of a name (entities).
enum StopWords {
    static let list = """
        a about above according across actually after again against ago ahead all almost alone along already also
        although always am amid among an and another any anyone anything are aren't around as at away back be became
        because become been before began behind being below besides between beyond both but by came can can't cannot
        could couldn't despite did didn't do does doesn't doing don't done down due during each earlier either else
        enough especially even ever every everyone everything except few finally first following for former formerly
        from further get gets getting go goes going gone got had hadn't has hasn't have haven't having he he'd he'll
        he's hence her here hers herself him himself his how however i i'd i'll i'm i've if in indeed inside instead
        into is isn't it it'd it'll it's its itself just last later latest least less let let's like likely made make
        makes making many may maybe me meanwhile might mine more moreover most mostly much must my myself near nearly
        neither never nevertheless next no nobody none nonetheless nor not nothing now of off often on once one only
        onto or other others otherwise our ours ourselves out outside over own perhaps put quite rather really
        recently said same say says see seem seemed seems several shall she she'd she'll she's should shouldn't since
        so some someone something sometimes soon still such than that that's the their theirs them themselves then
        there there's therefore these they they'd they'll they're they've this those though through throughout thus to
        today together tomorrow tonight too took toward towards twice two under unless unlike until up upon us use
        used using usually very via was wasn't we we'd we'll we're we've went were weren't what what's when whenever
        where whereas wherever whether which while who who's whom whose why will with within without won't would
        wouldn't yes yesterday yet you you'd you'll you're you've your yours yourself
        """
}
