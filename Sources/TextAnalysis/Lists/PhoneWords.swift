/// Words that announce a telephone number (own compilation).
enum PhoneWords {
    static let cues = "call phone tel telephone dial text ring contact hotline helpline fax mobile cell whatsapp"
}
