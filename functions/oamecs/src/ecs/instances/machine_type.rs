//! The types of instances that are chosen among where the author names none, and what is known of those that they name.
//!
//! Sources: [general purpose](https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html) and
//! [accelerated computing](https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html).

use crate::program::platform::Processor;

/// What a task needs of its instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Need {
    /// CPU units, of which a processor has 1,024.
    pub(super) cpu: u64,
    /// MiB.
    pub(super) memory: u64,
    /// Graphics processors.
    pub(super) gpus: u32,
}

/// A size of a family of types.
struct Size {
    name: &'static str,
    processors: u32,
    /// GiB.
    memory: u32,
    gpus: u32,
}

const fn size(name: &'static str, processors: u32, memory: u32, gpus: u32) -> Size {
    Size { name, processors, memory, gpus }
}

/// What runs most things well.
const INTEL: [Size; 9] = [
    size("m7i.large", 2, 8, 0),
    size("m7i.xlarge", 4, 16, 0),
    size("m7i.2xlarge", 8, 32, 0),
    size("m7i.4xlarge", 16, 64, 0),
    size("m7i.8xlarge", 32, 128, 0),
    size("m7i.12xlarge", 48, 192, 0),
    size("m7i.16xlarge", 64, 256, 0),
    size("m7i.24xlarge", 96, 384, 0),
    size("m7i.48xlarge", 192, 768, 0),
];

const GRAVITON: [Size; 7] = [
    size("m7g.large", 2, 8, 0),
    size("m7g.xlarge", 4, 16, 0),
    size("m7g.2xlarge", 8, 32, 0),
    size("m7g.4xlarge", 16, 64, 0),
    size("m7g.8xlarge", 32, 128, 0),
    size("m7g.12xlarge", 48, 192, 0),
    size("m7g.16xlarge", 64, 256, 0),
];

/// Those with graphics processors, the family that is chosen from first: every region has it.
const GRAPHICS: [Size; 37] = [
    size("g4dn.xlarge", 4, 16, 1),
    size("g4dn.2xlarge", 8, 32, 1),
    size("g4dn.4xlarge", 16, 64, 1),
    size("g4dn.8xlarge", 32, 128, 1),
    size("g4dn.12xlarge", 48, 192, 4),
    size("g4dn.16xlarge", 64, 256, 1),
    size("g4dn.metal", 96, 384, 8),
    size("g5.xlarge", 4, 16, 1),
    size("g5.2xlarge", 8, 32, 1),
    size("g5.4xlarge", 16, 64, 1),
    size("g5.8xlarge", 32, 128, 1),
    size("g5.12xlarge", 48, 192, 4),
    size("g5.16xlarge", 64, 256, 1),
    size("g5.24xlarge", 96, 384, 4),
    size("g5.48xlarge", 192, 768, 8),
    size("g6.xlarge", 4, 16, 1),
    size("g6.2xlarge", 8, 32, 1),
    size("g6.4xlarge", 16, 64, 1),
    size("g6.8xlarge", 32, 128, 1),
    size("g6.12xlarge", 48, 192, 4),
    size("g6.16xlarge", 64, 256, 1),
    size("g6.24xlarge", 96, 384, 4),
    size("g6.48xlarge", 192, 768, 8),
    size("g6e.xlarge", 4, 32, 1),
    size("g6e.2xlarge", 8, 64, 1),
    size("g6e.4xlarge", 16, 128, 1),
    size("g6e.8xlarge", 32, 256, 1),
    size("g6e.12xlarge", 48, 384, 4),
    size("g6e.16xlarge", 64, 512, 1),
    size("g6e.24xlarge", 96, 768, 4),
    size("g6e.48xlarge", 192, 1536, 8),
    size("p3.2xlarge", 8, 61, 1),
    size("p3.8xlarge", 32, 244, 4),
    size("p3.16xlarge", 64, 488, 8),
    size("p4d.24xlarge", 96, 1152, 8),
    size("p5.4xlarge", 16, 256, 1),
    size("p5.48xlarge", 192, 2048, 8),
];

/// The types that are chosen among, smallest first.
fn candidates(need: Need, processor: Processor) -> &'static [Size] {
    match processor {
        Processor::Amd64 if need.gpus > 0 => GRAPHICS.get(..7).unwrap_or_default(),
        Processor::Amd64 => &INTEL,
        Processor::Arm64 if need.gpus > 0 => &[],
        Processor::Arm64 => &GRAVITON,
    }
}

/// The smallest type with room for a task; `None` where there is none.
pub(super) fn smallest(need: Need, processor: Processor) -> Option<&'static str> {
    let fits = |size: &&Size| {
        u64::from(size.processors) * 1024 >= need.cpu && size.room() >= need.memory && size.gpus >= need.gpus
    };
    candidates(need, processor).iter().find(fits).map(|size| size.name)
}

impl Size {
    /// MiB that tasks have: the kernel and the agent need the rest.
    fn room(&self) -> u64 {
        let all = u64::from(self.memory) * 1024;
        all - all / 16 - 256
    }
}

/// The number of graphics processors of a type; `None` where it is not known.
pub(super) fn gpus(name: &str) -> Option<u32> {
    GRAPHICS.iter().find(|size| size.name == name).map(|size| size.gpus)
}

/// The processors and accelerators of a family, which its name tells: letters, a generation, properties (`g5g`, `m7gd`).
pub(super) struct Family<'a> {
    letters: &'a str,
    properties: &'a str,
}

/// The family of a type.
pub(super) fn family(name: &str) -> Family<'_> {
    let family = name.split_once('.').map_or(name, |(family, _)| family);
    let digit = family.find(|c: char| c.is_ascii_digit()).unwrap_or(family.len());
    let (letters, rest) = family.split_at(digit);
    Family { letters, properties: rest.trim_start_matches(|c: char| c.is_ascii_digit()) }
}

impl Family<'_> {
    pub(super) fn has_gpus(&self) -> bool {
        ["g", "gr", "p"].contains(&self.letters)
    }

    /// AWS's own chips for machine learning.
    pub(super) fn has_neuron(&self) -> bool {
        ["inf", "trn"].contains(&self.letters)
    }

    pub(super) fn processor(&self) -> Processor {
        let is_graviton = self.letters == "a" || self.properties.starts_with('g');
        if is_graviton { Processor::Arm64 } else { Processor::Amd64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_type_that_fits() {
        let gib = 1024;
        let cases = [
            ((0, 0, 1), "g4dn.xlarge"),
            ((0, 0, 4), "g4dn.12xlarge"),
            ((0, 300 * gib, 2), "g4dn.metal"),
            ((32 * 1024, 32 * gib, 2), "g4dn.12xlarge"),
            ((0, 16 * gib, 1), "g4dn.2xlarge"),
            ((0, 0, 0), "m7i.large"),
            ((2048, 7 * gib, 0), "m7i.large"),
            ((2048, 8 * gib, 0), "m7i.xlarge"),
            ((2049, 0, 0), "m7i.xlarge"),
        ];
        for ((cpu, memory, gpus), name) in cases {
            let need = Need { cpu, memory, gpus };
            assert_eq!(smallest(need, Processor::Amd64), Some(name), "{need:?}");
        }
        assert_eq!(smallest(Need { gpus: 9, ..Need::default() }, Processor::Amd64), None);
        assert_eq!(smallest(Need { gpus: 1, ..Need::default() }, Processor::Arm64), None);
        assert_eq!(smallest(Need::default(), Processor::Arm64), Some("m7g.large"));
    }

    #[test]
    fn families_tell_their_processors() {
        for (name, processor, has_gpus) in [
            ("m7i.large", Processor::Amd64, false),
            ("m7gd.large", Processor::Arm64, false),
            ("c6gn.large", Processor::Arm64, false),
            ("t4g.nano", Processor::Arm64, false),
            ("a1.large", Processor::Arm64, false),
            ("g4dn.xlarge", Processor::Amd64, true),
            ("g5g.xlarge", Processor::Arm64, true),
            ("gr6.4xlarge", Processor::Amd64, true),
            ("p5.48xlarge", Processor::Amd64, true),
            ("is4gen.large", Processor::Arm64, false),
            ("t0.femto", Processor::Amd64, false),
        ] {
            assert_eq!(family(name).processor(), processor, "{name}");
            assert_eq!(family(name).has_gpus(), has_gpus, "{name}");
        }
        assert!(family("inf2.xlarge").has_neuron());
    }
}
