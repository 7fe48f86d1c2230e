//! Elastic Load Balancing: load balancers and their tags, in pages of one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Refusal;

/// The load balancers of a region.
#[derive(Debug, Default)]
pub struct LoadBalancers {
    /// Their tags, by their names in DNS.
    pub tags: BTreeMap<String, BTreeMap<String, String>>,
}

impl LoadBalancers {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let arn = |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/{name}");
        let answer = match operation {
            "DescribeLoadBalancers" => {
                let start = input["Marker"].as_str().map_or(0, |marker| marker.parse().unwrap_or(usize::MAX));
                let page: String = self
                    .tags
                    .keys()
                    .skip(start)
                    .take(1)
                    .map(|name| {
                        format!(
                            "<member><LoadBalancerArn>{}</LoadBalancerArn><DNSName>{name}</DNSName></member>",
                            arn(name)
                        )
                    })
                    .collect();
                let is_last = self.tags.len() <= start + 1;
                let next = if is_last { String::new() } else { format!("<NextMarker>{}</NextMarker>", start + 1) };
                format!("<LoadBalancers>{page}</LoadBalancers>{next}")
            }
            "DescribeTags" => {
                let asked = input["ResourceArns.member.1"].as_str().unwrap_or_default();
                let Some((_, tags)) = self.tags.iter().find(|(name, _)| arn(name) == asked) else {
                    return Err(Refusal::new("LoadBalancerNotFound", "One or more load balancers not found"));
                };
                let tags: String = tags
                    .iter()
                    .map(|(key, value)| format!("<member><Key>{key}</Key><Value>{value}</Value></member>"))
                    .collect();
                format!(
                    "<TagDescriptions><member><ResourceArn>{asked}</ResourceArn><Tags>{tags}</Tags></member></TagDescriptions>"
                )
            }
            _ => panic!("no stand-in for elasticloadbalancing {operation}"),
        };
        let xmlns = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";
        Ok(format!(
            "<{operation}Response xmlns=\"{xmlns}\"><{operation}Result>{answer}</{operation}Result></{operation}Response>"
        )
        .into())
    }
}
