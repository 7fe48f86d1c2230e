//! Which of a VPC's subnets are taken.
//!
//! In: subnets and route tables, as EC2 lists them, and what was chosen earlier. Out: a subnet of each kind in each of the zones that
//! are asked, or what is lacking. A pure function of these.
//!
//! | kind | its default route leads to |
//! |---|---|
//! | public | an internet gateway |
//! | private | anything else: a NAT gateway first, else a transit gateway, an appliance … |
//! | isolated | nowhere: a task there gets no image, unless the VPC has endpoints for it, so that these are taken as private ones only by a VPC that has no others |

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::aws::ec2::{RouteTable, Subnet};

/// What is chosen, and remembered: at least as many zones as were ever asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Answer {
    /// Where tasks are.
    pub(super) tasks: TasksIn,
    /// A zone each.
    pub(super) places: Vec<Place>,
}

/// The subnets in which tasks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum TasksIn {
    /// With addresses of their own: the VPC has no private ones in each zone.
    Public,
    /// Without.
    Private,
}

/// The subnets of a zone that are chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Place {
    /// The zone's name.
    pub(super) zone: String,
    pub(super) public: Option<String>,
    pub(super) private: Option<String>,
}

/// The subnets of a zone, by kind, the one to choose first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    public: Vec<String>,
    private: Vec<String>,
    isolated: Vec<String>,
}

/// What a VPC has, by zone.
pub(super) type Places = BTreeMap<String, Offer>;

/// A VPC that has not what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    zones: usize,
    places: Places,
}

/// Sorts a VPC's subnets by zone and kind. Subnets in local zones, wavelength zones and on outposts are left out, where load
/// balancers, file systems or Fargate are not, as well as those without IPv4 addresses.
pub(super) fn places(region: &str, subnets: &[Subnet], tables: &[RouteTable]) -> Places {
    let mut found: BTreeMap<&str, Vec<(Kind, &str)>> = BTreeMap::new();
    for Subnet { id, zone, state, is_on_outpost, is_ipv6_only } in subnets {
        // `eu-west-1a`, not `us-west-2-lax-1a`.
        let is_regional = zone.strip_prefix(region).is_some_and(|rest| !rest.contains('-'));
        if is_regional && state == "available" && !is_on_outpost && !is_ipv6_only {
            found.entry(zone).or_default().push((kind(id, tables), id));
        }
    }
    let sorted = |mut subnets: Vec<(Kind, &str)>| {
        subnets.sort_unstable();
        let of = |kinds: &[Kind]| {
            subnets.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, id)| (*id).to_owned()).collect()
        };
        Offer { public: of(&[Kind::Public]), private: of(&[Kind::Nat, Kind::Routed]), isolated: of(&[Kind::Isolated]) }
    };
    found.into_iter().map(|(zone, subnets)| (zone.to_owned(), sorted(subnets))).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Public,
    Nat,
    Routed,
    Isolated,
}

fn kind(subnet: &str, tables: &[RouteTable]) -> Kind {
    let own = tables.iter().find(|table| table.subnets.iter().any(|id| id == subnet));
    let table = own.or_else(|| tables.iter().find(|table| table.is_main));
    match table.and_then(|table| table.default_route.as_deref()) {
        Some(target) if target.starts_with("igw-") => Kind::Public,
        Some(target) if target.starts_with("nat-") => Kind::Nat,
        Some(_) => Kind::Routed,
        None => Kind::Isolated,
    }
}

impl Offer {
    fn all(&self) -> impl Iterator<Item = &String> {
        let Self { public, private, isolated } = self;
        public.iter().chain(private).chain(isolated)
    }

    /// Its subnets, where it has what tasks need.
    fn place(&self, zone: &str, plan: Plan) -> Option<Place> {
        let public = self.public.first().cloned();
        let private = self.private.first().cloned();
        let isolated = self.isolated.first().cloned();
        let zone = zone.to_owned();
        match plan {
            Plan::Both => Some(Place { zone, public: Some(public?), private: Some(private?) }),
            Plan::Public => Some(Place { zone, public: Some(public?), private }),
            Plan::Private => Some(Place { zone, public, private: Some(private?) }),
            Plan::Isolated => Some(Place { zone, public, private: Some(isolated?) }),
        }
    }
}

/// What each zone must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// A load balancer reaches tasks in the zones only that it is in itself.
    Both,
    Public,
    Private,
    Isolated,
}

impl Plan {
    fn tasks(self) -> TasksIn {
        match self {
            Self::Public => TasksIn::Public,
            Self::Both | Self::Private | Self::Isolated => TasksIn::Private,
        }
    }
}

/// Chooses subnets in so many zones. What was chosen earlier stays, as long as it is there, and what is added comes after it.
pub(super) fn choose(places: &Places, known: Option<&Answer>, zones: usize) -> Result<Answer, Lack> {
    let kept = known.map(|known| kept(places, known)).filter(|kept| !kept.places.is_empty());
    let mut plans = match &kept {
        None => vec![Plan::Both, Plan::Public, Plan::Private],
        Some(kept) => match kept.tasks {
            TasksIn::Public => vec![Plan::Public],
            TasksIn::Private if kept.places.iter().all(|place| place.public.is_some()) => {
                vec![Plan::Both, Plan::Private]
            }
            TasksIn::Private => vec![Plan::Private],
        },
    };
    if places.values().all(|offer| offer.public.is_empty() && offer.private.is_empty()) {
        plans.push(Plan::Isolated);
    }
    let kept = kept.map(|kept| kept.places).unwrap_or_default();
    // Fewer than before are asked perhaps: the others may be asked again, when the stack goes back.
    let wanted = zones.max(kept.len());
    for plan in plans {
        let taken: BTreeSet<&str> = kept.iter().map(|place| place.zone.as_str()).collect();
        let free = places.iter().filter(|(zone, _)| !taken.contains(zone.as_str()));
        let more = free.filter_map(|(zone, offer)| offer.place(zone, plan));
        let chosen: Vec<Place> = kept.iter().cloned().chain(more).take(wanted).collect();
        if chosen.len() == wanted {
            return Ok(Answer { tasks: plan.tasks(), places: chosen });
        }
    }
    Err(Lack { zones, places: places.clone() })
}

/// What of an earlier choice is still there; what is not is replaced in its zone.
fn kept(places: &Places, known: &Answer) -> Answer {
    let Answer { tasks, places: chosen } = known;
    let plan = match tasks {
        TasksIn::Public => Plan::Public,
        TasksIn::Private => Plan::Private,
    };
    let kept = chosen.iter().filter_map(|Place { zone, public, private }| {
        let offer = places.get(zone)?;
        let fresh = offer.place(zone, plan).unwrap_or_default();
        let there = |earlier: &Option<String>, fresh: Option<String>| {
            let earlier = earlier.as_ref()?;
            if offer.all().any(|id| id == earlier) { Some(earlier.clone()) } else { fresh }
        };
        let (public, private) = (there(public, fresh.public), there(private, fresh.private));
        let for_tasks = match tasks {
            TasksIn::Public => &public,
            TasksIn::Private => &private,
        };
        for_tasks.is_some().then(|| Place { zone: zone.clone(), public: public.clone(), private: private.clone() })
    });
    Answer { tasks: *tasks, places: kept.collect() }
}

impl fmt::Display for Lack {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { zones, places } = self;
        write!(text, "has no subnets for tasks in {zones} zones, as asked. It has ")?;
        if places.is_empty() {
            write!(text, "none that can be used")?;
        }
        for (index, (zone, offer)) in places.iter().enumerate() {
            let Offer { public, private, isolated } = offer;
            let separator = if index == 0 { "" } else { "; " };
            write!(text, "{separator}in {zone}: ")?;
            let kinds = [("public", public), ("private", private), ("isolated", isolated)];
            let kinds: Vec<String> = kinds
                .iter()
                .filter(|(_, subnets)| !subnets.is_empty())
                .map(|(kind, subnets)| format!("{} {kind}", subnets.len()))
                .collect();
            write!(text, "{}", kinds.join(", "))?;
        }
        write!(
            text,
            ". A subnet is public if its default route leads to an internet gateway, private if it leads elsewhere, and tasks \
             need the same of both in each zone: set Zones to fewer, or add subnets"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a1 igw` is a subnet in zone a.
    fn vpc(subnets: &[&str]) -> Places {
        let mut listed = Vec::new();
        let mut tables = vec![RouteTable { is_main: true, ..RouteTable::default() }];
        for subnet in subnets {
            let (id, target) = subnet.split_once(' ').unwrap_or((subnet, ""));
            let zone = format!("eu-west-1{}", id.chars().next().unwrap());
            listed.push(Subnet { id: id.to_owned(), zone, state: "available".to_owned(), ..Subnet::default() });
            if !target.is_empty() {
                let default_route = Some(format!("{target}-1"));
                tables.push(RouteTable { is_main: false, subnets: vec![id.to_owned()], default_route });
            }
        }
        listed.reverse();
        places("eu-west-1", &listed, &tables)
    }

    /// `a1/a2 b1/b2 private`: public and private subnets.
    fn written(answer: &Answer) -> String {
        let place = |place: &Place| {
            let id = |subnet: &Option<String>| subnet.clone().unwrap_or_else(|| "-".to_owned());
            format!("{}/{}", id(&place.public), id(&place.private))
        };
        let places: Vec<String> = answer.places.iter().map(place).collect();
        format!("{} {:?}", places.join(" "), answer.tasks)
    }

    fn chosen(subnets: &[&str], zones: usize) -> String {
        match choose(&vpc(subnets), None, zones) {
            Ok(answer) => written(&answer),
            Err(lack) => lack.to_string(),
        }
    }

    #[test]
    fn zones_that_have_both_are_first() {
        let subnets = ["a1 igw", "b1 igw", "b2 nat", "c1 igw", "c2 nat"];
        assert_eq!(chosen(&subnets, 2), "b1/b2 c1/c2 Private");
        assert_eq!(chosen(&subnets, 3), "a1/- b1/b2 c1/c2 Public");
        assert_eq!(chosen(&subnets, 1), "b1/b2 Private");
    }

    #[test]
    fn a_default_vpc_has_public_ones_only() {
        assert_eq!(chosen(&["b1 igw", "a1 igw", "c1 igw"], 2), "a1/- b1/- Public");
    }

    #[test]
    fn a_vpc_without_internet_has_private_ones_only() {
        assert_eq!(chosen(&["a1 tgw", "b1 tgw"], 2), "-/a1 -/b1 Private");
    }

    #[test]
    fn a_nat_gateway_goes_before_other_ways_out() {
        assert_eq!(chosen(&["a1 igw", "a2 tgw", "a3 nat", "a4 nat"], 1), "a1/a3 Private");
    }

    #[test]
    fn isolated_subnets_are_for_data_unless_there_are_no_others() {
        assert_eq!(chosen(&["a1 igw", "a2", "b1 igw", "b2"], 2), "a1/- b1/- Public");
        assert_eq!(chosen(&["a1", "b1"], 2), "-/a1 -/b1 Private");
    }

    #[test]
    fn subnets_without_a_table_of_their_own_have_the_main_one() {
        let subnet = Subnet {
            id: "a1".to_owned(),
            zone: "eu-west-1a".to_owned(),
            state: "available".to_owned(),
            ..Subnet::default()
        };
        let main = RouteTable { is_main: true, default_route: Some("igw-1".to_owned()), ..RouteTable::default() };
        let places = places("eu-west-1", &[subnet], &[main]);
        assert_eq!(written(&choose(&places, None, 1).unwrap()), "a1/- Public");
    }

    #[test]
    fn what_is_not_in_a_zone_of_the_region_is_left_out() {
        let subnet = |id: &str, zone: &str| Subnet {
            id: id.to_owned(),
            zone: zone.to_owned(),
            state: "available".to_owned(),
            ..Subnet::default()
        };
        let main = RouteTable { is_main: true, default_route: Some("nat-1".to_owned()), ..RouteTable::default() };
        let subnets = [
            subnet("local", "us-west-2-lax-1a"),
            subnet("wavelength", "us-west-2-wl1-las-wlz-1"),
            Subnet { is_on_outpost: true, ..subnet("outpost", "us-west-2a") },
            Subnet { is_ipv6_only: true, ..subnet("six", "us-west-2b") },
            Subnet { state: "pending".to_owned(), ..subnet("new", "us-west-2c") },
            subnet("good", "us-west-2d"),
        ];
        let places = places("us-west-2", &subnets, &[main]);
        assert_eq!(places.keys().collect::<Vec<_>>(), ["us-west-2d"]);
    }

    #[test]
    fn what_is_lacking_is_said() {
        assert_eq!(
            chosen(&["a1 igw", "a2 nat", "b1"], 2),
            "has no subnets for tasks in 2 zones, as asked. It has in eu-west-1a: 1 public, 1 private; in eu-west-1b: 1 isolated. \
             A subnet is public if its default route leads to an internet gateway, private if it leads elsewhere, and tasks need the \
             same of both in each zone: set Zones to fewer, or add subnets"
        );
        assert!(chosen(&[], 1).contains("none that can be used"));
    }

    #[test]
    fn what_was_chosen_stays() {
        let first = choose(&vpc(&["b1 igw", "b2 nat", "c1 igw", "c2 nat"]), None, 2).unwrap();
        let later = ["a1 igw", "a2 nat", "b0 igw", "b1 igw", "b2 nat", "c1 igw", "c2 nat"];
        let second = choose(&vpc(&later), Some(&first), 2).unwrap();
        assert_eq!(second, first);
        let third = choose(&vpc(&later), Some(&first), 3).unwrap();
        assert_eq!(written(&third), "b1/b2 c1/c2 a1/a2 Private", "more zones come after");
        assert_eq!(choose(&vpc(&later), Some(&third), 1).unwrap(), third, "fewer are the first of them");
        let gone = ["b0 igw", "b2 nat", "c1 igw", "c2 nat"];
        assert_eq!(written(&choose(&vpc(&gone), Some(&first), 2).unwrap()), "b0/b2 c1/c2 Private", "one is replaced");
        let other = ["a1 igw", "a2 nat", "c1 igw", "c2 nat"];
        assert_eq!(written(&choose(&vpc(&other), Some(&first), 2).unwrap()), "c1/c2 a1/a2 Private", "a zone is gone");
    }

    #[test]
    fn tasks_stay_where_they_are() {
        let first = choose(&vpc(&["a1 igw", "b1 igw"]), None, 2).unwrap();
        let later = ["a1 igw", "a2 nat", "b1 igw", "b2 nat"];
        assert_eq!(written(&choose(&vpc(&later), Some(&first), 2).unwrap()), "a1/- b1/- Public");
    }
}
