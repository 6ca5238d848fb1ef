//! The vocabulary of errors (GC document, section 4).

use std::collections::BTreeSet;

use gc_protocol::ErrorType;

#[test]
fn every_documented_code_reads_back_and_is_explained() {
    let mut words = BTreeSet::new();
    for code in ErrorType::DOCUMENTED {
        assert_eq!(&ErrorType::from_word(code.as_str()), code);
        assert!(words.insert(code.as_str()), "{} twice", code.as_str());
        assert!(code.meaning().ends_with('.'), "{}", code.as_str());
        assert!(code.client_action().ends_with('.'), "{}", code.as_str());
    }
}

#[test]
fn a_code_of_finesses_own_passes_through() {
    let code = ErrorType::from_word("CF_VALUE_OUT_OF_RANGE");
    assert_eq!(code.as_str(), "CF_VALUE_OUT_OF_RANGE");
    assert!(!ErrorType::DOCUMENTED.contains(&code));
}

// The only code that is not upper case.
#[test]
fn unauthorized_is_spelt_as_in_the_document() {
    assert_eq!(ErrorType::Unauthorized.as_str(), "Unauthorized");
}
