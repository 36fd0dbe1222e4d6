//! The workspace's own contract and clauses: they can be read, and they agree.

use bvnk_contract::{Clauses, Contract};

const CONTRACT: &str = include_str!("../../../../openapi/customers.yaml");
const CLAUSES: &str = include_str!("../../../../openapi/clauses.toml");

fn contract() -> Contract {
    Contract::from_yaml("customers.yaml", CONTRACT).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn clauses_and_contract_agree() {
    let clauses = Clauses::from_toml("clauses.toml", CLAUSES).unwrap_or_else(|e| panic!("{e}"));
    let differences = clauses.check(&contract(), "customers.yaml");
    let text: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(text.is_empty(), "{}", text.join("\n"));
    assert_eq!(contract().warnings, []);
}

#[test]
fn a_clause_is_read_as_it_is_written() {
    let clauses = Clauses::from_toml("clauses.toml", CLAUSES).unwrap_or_else(|e| panic!("{e}"));
    let text: Vec<String> = clauses.iter().map(ToString::to_string).collect();
    let again = Clauses::from_toml("clauses.toml", &text.join("\n")).unwrap();
    for (before, after) in clauses.iter().zip(again.iter()) {
        let line = before.line;
        assert_eq!(
            *before,
            bvnk_contract::Clause {
                line,
                ..after.clone()
            }
        );
    }
    assert_eq!(clauses.iter().count(), again.iter().count());
}

#[test]
fn every_statement_has_a_subject_of_its_own() {
    let statements = contract().statements();
    let mut subjects: Vec<String> = statements
        .iter()
        .map(|statement| statement.expectation.subject().unwrap())
        .collect();
    let count = subjects.len();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), count);
}

#[test]
fn the_flow_comes_from_the_link() {
    let contract = contract();
    let flows = contract.flows();
    assert_eq!(flows.len(), 1);
    assert_eq!(flows[0].source.pointer, "/reference");
    let path = flows[0].follow.path.replace("{reference}", "c-1");
    let (operation, values) = contract.route("GET", &path).unwrap();
    assert_eq!(operation, flows[0].follow);
    assert_eq!(values, [("reference", "c-1")]);
}

/// A second thing with a status became what waits follow, because its path comes first.
#[test]
fn waits_follow_the_marked_link_whatever_is_added() {
    const MARK: &str = "              x-tracked: true\n";
    let (_, paths) = CONTRACT.split_once("\npaths:\n").unwrap();
    let (paths, _) = paths.split_once("\ncomponents:\n").unwrap();
    let other = paths
        .replace("/v1/customers", "/v1/companies")
        .replace("_customer", "_company");
    for (own, other, warnings, followed) in [
        (true, false, 0, "get_customer"),
        (false, true, 0, "get_company"),
        (false, false, 1, "get_company"),
        (true, true, 1, "get_company"),
    ]
    .map(|(own_mark, other_mark, warnings, followed)| {
        let marked = |text: &str, on| {
            if on {
                text.to_owned()
            } else {
                text.replace(MARK, "")
            }
        };
        let all = CONTRACT.replace(paths, &marked(paths, own_mark));
        (all, marked(&other, other_mark), warnings, followed)
    }) {
        let text = own.replace("\ncomponents:\n", &format!("\n{other}\ncomponents:\n"));
        let contract = Contract::from_yaml("both.yaml", &text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(contract.warnings.len(), warnings, "{:?}", contract.warnings);
        let flows = contract.tracked_flows();
        assert_eq!(flows[0].follow.id, followed);
    }
}

#[test]
fn a_mark_on_a_link_to_no_status_is_a_warning() {
    let text = CONTRACT.replace("x-terminal:", "x-internal:");
    let contract = Contract::from_yaml("none.yaml", &text).unwrap_or_else(|e| panic!("{e}"));
    let messages: Vec<&str> = contract.warnings.iter().map(|it| &*it.message).collect();
    let expected = "`x-tracked` has no effect: `get_customer` fetches no status that ends";
    assert!(messages.contains(&expected), "{messages:?}");
}
