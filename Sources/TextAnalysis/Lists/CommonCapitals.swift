/// Words that headlines, events and documents capitalise and no person is called (own compilation).
enum CommonCapitals {
    static let list = """
        act agreement amendment anniversary article award awards bill bible book brexit budget bulletin campaign
        catholic centre championship chapter charter christmas christian code conference congress constitution
        contract convention covid covid-19 cup day declaration deal democrat democrats democratic directive easter
        edition election elections episode event exhibition expo fair festival figure film final finance forum front
        games government grand green holocaust holy house index international internet islamic jewish jury labour law
        liberal liberals marathon market marxist medal memorial muslim nation national new news north south east west
        northern southern eastern western nobel note olympic olympics open order pact page panel parliamentary peace
        plan plc policy prize programme program project protestant protocol public register regulation report republic
        republican republicans review rule season section series staff stage state states statement strategy street
        summit supreme survey table tour tournament treaty version volume war week world year zone academy sunni shia
        conservative conservatives tory tories climate station opera ambulance gallery eve fools nations leaders
        springs
        """
}
