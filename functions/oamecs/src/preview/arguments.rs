//! The command line.

/// What the program says of itself.
pub(crate) const USAGE: &str = "\
usage: oamecs expand TEMPLATE [--parameter Key=Value]…   print the processed template
       oamecs check TEMPLATE [--parameter Key=Value]…    print findings and sizes only
       oamecs embed FILE…                                print a template around documents

--defaults FILE is the JSON that the installation has as its parameter Defaults.

The exit code is 0, or 1 where there is an error. Notes and errors go to standard error.";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Expand,
    Check,
    Embed,
    Help,
}

/// A command with what it works on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) command: Command,
    /// The template; of [`Command::Embed`] the first document.
    pub(crate) file: String,
    /// Further documents of [`Command::Embed`].
    pub(crate) further: Vec<String>,
    /// Values of the template's parameters.
    pub(crate) parameters: Vec<(String, String)>,
    /// The file with the installation's defaults.
    pub(crate) defaults: Option<String>,
}

impl Arguments {
    /// Reads the words after the program's name; the error says which of them is not understood.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let words: Vec<String> = words.collect();
        let help = Self {
            command: Command::Help,
            file: String::new(),
            further: Vec::new(),
            parameters: Vec::new(),
            defaults: None,
        };
        if words.is_empty() || words.iter().any(|word| matches!(word.as_str(), "--help" | "-h")) {
            return Ok(help);
        }
        let mut words = words.into_iter();
        let command = match words.next().as_deref() {
            Some("expand") => Command::Expand,
            Some("check") => Command::Check,
            Some("embed") => Command::Embed,
            None | Some("help") => return Ok(help),
            Some(other) => return Err(format!("there is no command `{other}`")),
        };
        let mut file = None;
        let mut further = Vec::new();
        let mut parameters = Vec::new();
        let mut defaults = None;
        while let Some(word) = words.next() {
            if let Some(rest) = word.strip_prefix("--defaults").filter(|rest| rest.is_empty() || rest.starts_with('='))
            {
                let file = rest.strip_prefix('=').map(str::to_owned).or_else(|| words.next());
                defaults = Some(file.ok_or("`--defaults` stands without a file")?);
                continue;
            }
            let assignment = match word.strip_prefix("--parameter") {
                Some("") => Some(words.next().ok_or("`--parameter` stands without `Key=Value`")?),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            if let Some(assignment) = assignment {
                let (key, value) = assignment
                    .split_once('=')
                    .ok_or_else(|| format!("`{assignment}` is not of the form `Key=Value`"))?;
                parameters.push((key.to_owned(), value.to_owned()));
            } else if word.starts_with('-') && word != "-" {
                return Err(format!("`{word}` is no option"));
            } else if file.is_none() {
                file = Some(word);
            } else if command == Command::Embed {
                further.push(word);
            } else {
                return Err(format!("`{word}` is one file too many"));
            }
        }
        let file = file.ok_or_else(|| match command {
            Command::Embed => "name a document: `oamecs embed compose.yaml`".to_owned(),
            _ => "name a template: `oamecs check template.yaml`".to_owned(),
        })?;
        Ok(Self { command, file, further, parameters, defaults })
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Command};

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn parameters_are_taken_in_both_spellings() {
        let arguments = parse("expand t.yaml --parameter A=1 --parameter=B=x=y").unwrap();
        assert_eq!(arguments.command, Command::Expand);
        assert_eq!(arguments.file, "t.yaml");
        assert_eq!(arguments.parameters, [("A".into(), "1".into()), ("B".into(), "x=y".into())]);
    }

    #[test]
    fn a_file_of_defaults_is_taken_in_both_spellings() {
        for line in ["expand t.yaml --defaults d.json", "expand --defaults=d.json t.yaml"] {
            let arguments = parse(line).unwrap();
            assert_eq!((arguments.file.as_str(), arguments.defaults.as_deref()), ("t.yaml", Some("d.json")), "{line}");
        }
    }

    #[test]
    fn help_is_given_wherever_it_is_asked_for() {
        for line in ["", "help", "--help", "-h", "check --help", "embed x.yaml -h"] {
            assert_eq!(parse(line).unwrap().command, Command::Help, "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(parse("expnd t.yaml"), Err("there is no command `expnd`".into()));
        assert_eq!(parse("check"), Err("name a template: `oamecs check template.yaml`".into()));
        assert_eq!(parse("check a b"), Err("`b` is one file too many".into()));
        assert_eq!(parse("check a --fast"), Err("`--fast` is no option".into()));
        assert_eq!(parse("check a --defaults"), Err("`--defaults` stands without a file".into()));
        assert_eq!(parse("check a --parameter A"), Err("`A` is not of the form `Key=Value`".into()));
    }
}
