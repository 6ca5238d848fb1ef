//! The figures, their targets, and the gap between.

/// Rows so far; each is shown when it is added, and all at the end.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    what: String,
    value: String,
    target: String,
    gap: String,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// At most this much.
    AtMost(f64),
    /// At least this much.
    AtLeast(f64),
    /// No target, for information.
    None,
}

impl Table {
    /// Adds a figure.
    pub(crate) fn add(&mut self, what: impl Into<String>, value: f64, unit: &str, target: Target) {
        self.push(Row {
            what: what.into(),
            value: format!("{} {unit}", number(value)),
            target: target.text(unit),
            gap: target.gap(value),
        });
    }

    /// Adds a figure that could not be measured.
    pub(crate) fn missing(&mut self, what: impl Into<String>, why: &str) {
        self.push(Row {
            what: what.into(),
            value: "not measured".to_owned(),
            target: String::new(),
            gap: why.to_owned(),
        });
    }

    fn push(&mut self, row: Row) {
        println!("{}: {} {}", row.what, row.value, row.gap);
        self.rows.push(row);
    }

    /// Prints all rows.
    pub(crate) fn print(&self) {
        println!("\n| what | value | target | gap |\n| --- | --- | --- | --- |");
        for row in &self.rows {
            println!(
                "| {} | {} | {} | {} |",
                row.what, row.value, row.target, row.gap
            );
        }
    }
}

impl Target {
    fn text(self, unit: &str) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {} {unit}", number(most)),
            Self::AtLeast(least) => format!("≥ {} {unit}", number(least)),
            Self::None => String::new(),
        }
    }

    fn gap(self, value: f64) -> String {
        match self {
            Self::AtMost(most) if value <= most => "met".to_owned(),
            Self::AtMost(most) => format!("{:.1} times the target", value / most),
            Self::AtLeast(least) if value >= least => "met".to_owned(),
            Self::AtLeast(least) => format!("{:.0} % of the target", 100.0 * value / least),
            Self::None => String::new(),
        }
    }
}

fn number(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}
