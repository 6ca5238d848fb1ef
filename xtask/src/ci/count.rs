//! Counts of the test runners, read from what they print.

use crate::report::Counts;

/// Adds up every closing line of `cargo test` and `cargo nextest` in the output.
pub(crate) fn tests(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines() {
        let line = without_colours(line);
        if let Some((_, rest)) = line.split_once("test result:") {
            counts += closing_line(rest, ';');
        } else if line.trim_start().starts_with("Summary [")
            && let Some((_, rest)) = line.split_once("run:")
        {
            counts += closing_line(rest, ',');
        }
    }
    counts
}

fn closing_line(text: &str, separator: char) -> Counts {
    let mut counts = Counts::default();
    for part in without_brackets(text).split(separator) {
        let part = part
            .trim_start_matches(" ok.")
            .trim_start_matches(" FAILED.");
        let Some((number, word)) = part.trim().split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse::<u64>() else {
            continue;
        };
        match word.trim() {
            "passed" => counts.passed += number,
            "failed" | "timed out" | "exec failed" => counts.failed += number,
            "ignored" | "skipped" => counts.skipped += number,
            _ => (),
        }
    }
    counts
}

/// Nextest puts details in brackets, with commas of their own.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|character| match character {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_several_test_binaries_are_added_up() {
        let output = "\
running 2 tests
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";
        let counts = Counts {
            passed: 5,
            failed: 1,
            skipped: 1,
        };
        assert_eq!(super::tests(output), counts);
    }

    #[test]
    fn the_summary_of_nextest_is_read_with_details_and_colours() {
        let output = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.5s] 12 tests run: 9 passed (1 slow, 2 flaky), 2 failed, 1 timed out, 4 skipped";
        let counts = Counts {
            passed: 9,
            failed: 3,
            skipped: 4,
        };
        assert_eq!(super::tests(output), counts);
    }

    #[test]
    fn a_line_of_a_single_test_counts_nothing() {
        assert_eq!(super::tests("test a_test ... ok\n"), Counts::default());
    }
}
