//! The verifier against a good template and against that template with one fault each.
//!
//! `verifier/shop.json` is what a good expansion looks like. Each entry in `verifier/faults` changes it and names
//! the one rule that must notice, or `none` where a variation is just as good. A path in `change` is relative to
//! `Resources`, or starts with `/`; null removes what is there, `-` appends to a list.

#[cfg(test)]
#[path = "verifier/faults.rs"]
mod faults;
#[cfg(test)]
#[path = "verifier/limits.rs"]
mod limits;

#[cfg(test)]
mod good {
    use std::collections::BTreeSet;

    use oamecs_tests::verifier::{rules, verify, verify_expansion};
    use serde_json::{Value, json};

    use crate::{faults, limits};

    #[test]
    fn a_good_template_has_no_findings() {
        let findings: Vec<_> = verify(&faults::shop()).iter().map(ToString::to_string).collect();
        assert_eq!(findings, Vec::<String>::new());
    }

    #[test]
    fn every_rule_is_shown_to_notice_something() {
        let shown: BTreeSet<_> = faults::all().into_iter().map(|fault| fault.rule).collect();
        let silent: Vec<_> = rules()
            .into_iter()
            .filter(|rule| !shown.contains(*rule) && !limits::RULES.contains(rule) && !rule.starts_with("expansion-"))
            .collect();
        assert_eq!(silent, Vec::<&str>::new());
    }

    #[test]
    fn no_two_rules_have_the_same_name() {
        let all = rules();
        let different: BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn anything_can_be_read() {
        for odd in [json!(null), json!([]), json!({"Resources": []}), json!({"Resources": {"A": 1, "B": {"Type": 2}}})]
        {
            assert_eq!(verify(&odd), Vec::new());
        }
    }

    /// A source that would expand to the good template.
    fn source() -> Value {
        let shop = faults::shop();
        json!({
            "Parameters": shop["Parameters"],
            "Resources": {
                "Uploads": shop["Resources"]["Uploads"],
                "Reader": shop["Resources"]["Reader"],
                "Key": shop["Resources"]["Key"],
                "Settings": shop["Resources"]["Settings"],
                "Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": "services:\n  web:\n    x-aws-logs: /shop\n"}},
            },
        })
    }

    fn found(source: &Value, template: &Value) -> Vec<&'static str> {
        verify_expansion(source, template).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn an_expansion_keeps_what_is_not_its_own() {
        assert_eq!(found(&source(), &faults::shop()), Vec::<&str>::new());

        let mut template = faults::shop();
        template["Parameters"]["Stage"]["Default"] = json!("production");
        assert_eq!(found(&source(), &template), ["expansion-keeps-parameters"]);

        let mut template = faults::shop();
        template["Resources"]["Uploads"]["Type"] = json!("AWS::SNS::Topic");
        assert_eq!(found(&source(), &template), ["expansion-keeps-resources"]);

        let mut template = faults::shop();
        template["Resources"]["ShopCluster"].as_object_mut().unwrap().remove("Metadata");
        assert_eq!(found(&source(), &template), ["expansion-marks-its-own"]);
    }

    #[test]
    fn an_expansion_keeps_the_order_of_its_document() {
        let mut source = source();
        let mut template = faults::shop();
        for (id, service) in [("ShopAdminService", "admin"), ("ShopMigrateRun", "migrate")] {
            template["Resources"][id]["Metadata"]["OamEcs"]["Source"] = json!(format!("Shop.services.{service}"));
        }
        source["Resources"]["Shop"]["Properties"]["Document"] =
            json!("services:\n  admin: {depends_on: {migrate: {condition: service_completed_successfully}}}\n");
        assert_eq!(found(&source, &template), Vec::<&str>::new());
        template["Resources"]["ShopAdminService"]["DependsOn"].as_array_mut().unwrap().pop();
        assert_eq!(found(&source, &template), ["expansion-keeps-order"]);

        source["Resources"]["Shop"]["Properties"]["Document"] =
            json!({"services": {"admin": {"depends_on": ["migrate"]}}});
        assert_eq!(found(&source, &template), ["expansion-keeps-order"]);
    }

    #[test]
    fn what_the_author_wrote_is_his() {
        let mut template = faults::shop();
        template["Resources"]["ShopLogs"]["Properties"]["LogGroupName"] = json!("/shop");
        assert_eq!(found(&source(), &template), Vec::<&str>::new());
        template["Resources"]["ShopLogs"]["Properties"]["LogGroupName"] = json!("/else");
        assert_eq!(found(&source(), &template), ["no-physical-name"]);

        let mut source = source();
        let mut template = faults::shop();
        template["Resources"]["ShopLogs"]["DeletionPolicy"] = json!("Delete");
        assert_eq!(found(&source, &template), ["log-group-kept"]);
        source["Resources"]["Shop"]["Properties"]["Patches"] = json!({"LogGroup": {"DeletionPolicy": "Delete"}});
        assert_eq!(found(&source, &template), Vec::<&str>::new());
    }
}
