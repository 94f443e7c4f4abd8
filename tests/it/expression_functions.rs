//! Random calls of functions of numbers, texts, addresses and patterns: a part of the generator.

use crate::expression_generator::Generator;

impl Generator {
    /// A call of one of the functions that the generator's other parts do not know.
    pub(crate) fn further_function(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        match self.below(6) {
            0 => self.mathematics(depth),
            1 => self.extreme(depth),
            2 | 3 => self.spelling(depth),
            4 => self.address(depth),
            _ => self.by_count(depth),
        }
    }

    fn mathematics(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => {
                let name = self.pick(&["pow", "power", "log", "atan", "atan2"]);
                format!("{name}({}, {})", self.number(depth), self.number(depth))
            }
            1 => format!("log({}, {})", self.pick(&["2", "10", "1", "0", "0.5", "'3'", "d", "i8"]), self.any(depth)),
            2 => self.pick(&["pi()", "(pi() + 0.00)", "round(pi(), 3)", "(pi() * d1)", "concat(pi())", "(pi() = 3.141593)"]).to_owned(),
            _ => {
                let names =
                    ["sqrt", "exp", "ln", "log", "log2", "log10", "sin", "cos", "tan", "cot", "asin", "acos", "atan", "degrees", "radians"];
                let name = self.pick(&names);
                let argument = match self.below(3) {
                    0 => {
                        self.pick(&["0", "1", "-1", "0.5", "-0.3e0", "'0.1x'", "1e-310", "800", "1e22", "d / 1e300", "d1 / 100"]).to_owned()
                    }
                    1 => self.number(depth),
                    _ => self.any(depth),
                };
                format!("{name}({argument})")
            }
        }
    }

    fn extreme(&mut self, depth: usize) -> String {
        let name = self.pick(&["greatest", "least", "greatest", "least", "interval"]);
        let mut argument = match self.below(5) {
            0 | 1 => Self::number,
            2 => Self::text,
            3 if name != "interval" => Self::time,
            _ => Self::any,
        };
        let count = 2 + self.below(3);
        let mut arguments: Vec<String> = (0..count).map(|_| argument(self, depth)).collect();
        if self.below(12) == 0 {
            argument = Self::number;
            arguments.push(argument(self, 0));
        }
        if name == "interval" && self.below(3) == 0 {
            arguments.truncate(1);
            let bounds = ["-5", "0", "1", "1.5", "3e0", "10", "'20'", "1000", "9223372036854775807", "1e30", "-7", "NULL"];
            arguments.extend((0..6 + self.below(6)).map(|_| self.pick(&bounds).to_owned()));
        }
        format!("{name}({})", arguments.join(", "))
    }

    fn spelling(&mut self, depth: usize) -> String {
        match self.below(13) {
            0 => format!("quote({})", self.any(depth)),
            1 | 2 => format!("soundex({})", self.any(depth)),
            3 => format!("({} SOUNDS LIKE {})", self.text(depth), self.text(depth)),
            4 => format!("to_base64({})", self.any(depth)),
            5 => format!("from_base64(to_base64({}))", self.any(depth)),
            6 => {
                let base64 = ["'YWJj'", "'YWJjZA=='", "' Y W J j'", "'YWJjZA='", "'AB=='", "'!'", "'='", "'YWJjZA==x'", "'QQ=A'", "v"];
                format!("from_base64({})", self.pick(&base64))
            }
            7 => format!("bit_length({})", self.any(depth)),
            8 => {
                let charset = self.pick(&["", "", " USING utf8mb4", " USING latin1", " USING binary", " USING utf8mb3"]);
                format!("char({}, {}{charset})", self.any(depth), self.number(depth))
            }
            9 => format!("format({}, {})", self.any(depth), self.small(depth)),
            10 => format!("format({}, {}{})", self.number(depth), self.small(0), self.pick(&["", ", 'en_US'"])),
            11 => format!("insert({}, {}, {}, {})", self.any(depth), self.small(depth), self.small(depth), self.text(depth)),
            _ => format!("insert({}, {}, {}, {})", self.text(depth), self.small(0), self.small(0), self.any(depth)),
        }
    }

    fn address(&mut self, depth: usize) -> String {
        let texts = [
            "'10.0.5.9'",
            "'127.1'",
            "'1.2.3'",
            "'256.1.1.1'",
            "'1..2'",
            "'1.2.3.'",
            "'::'",
            "'::1'",
            "'::ffff:1.2.3.4'",
            "'1:2:3:4:5:6:7:8'",
            "'fdfe::5a55:CAFF:fefa:9089'",
            "'1::2::3'",
            "'1:2:3:4:5:6:7::'",
            "'::1.2.3.4'",
            "'01.2.3.4'",
            "'12345::'",
            "NULL",
            "12.5",
        ];
        let uuids = [
            "'6ccd780c-baba-1026-9564-5b8c656024db'",
            "'6CCD780CBABA102695645B8C656024DB'",
            "'{6ccd780c-baba-1026-9564-5b8c656024db}'",
            "'6ccd780cbaba-1026-9564-5b8c656024db'",
            "'x'",
            "NULL",
            "_latin1'00000000-0000-0000-0000-000000000000'",
        ];
        match self.below(12) {
            0 => format!("inet_aton({})", self.pick(&texts)),
            1 => format!("inet_aton({})", self.any(depth)),
            2 => format!("inet_ntoa({})", self.any(depth)),
            3 => format!("inet6_aton({})", self.pick(&texts)),
            4 => format!("inet6_ntoa(inet6_aton({}))", self.pick(&texts)),
            5 => {
                let zeros = self.pick(&["sha2(v, 256)", "md", "repeat('0', 32)", "concat(repeat('0', 20), 'ffff', hex(u32 | 4278190080))"]);
                let zeros = if zeros == "md" { "rpad(hex(v), 32, '0')" } else { zeros };
                format!("inet6_ntoa(unhex(left({zeros}, 32)))")
            }
            6 => format!("inet6_ntoa({})", self.any(depth)),
            7 => {
                let name = self.pick(&["is_ipv4", "is_ipv6", "is_ipv4_compat", "is_ipv4_mapped", "is_uuid"]);
                format!("{name}({})", self.any(depth))
            }
            8 => {
                let name = self.pick(&["is_ipv4", "is_ipv6", "is_uuid"]);
                format!("{name}({})", self.pick(&texts))
            }
            9 => {
                let name = self.pick(&["is_ipv4_compat", "is_ipv4_mapped", "length", "hex"]);
                format!("{name}(inet6_aton({}))", self.pick(&texts))
            }
            10 => format!("uuid_to_bin({}, {})", self.pick(&uuids), self.pick(&["0", "1", "NULL", "i8", "v", "2.5"])),
            _ => format!(
                "bin_to_uuid({}, {})",
                self.pick(&["left(sha2(v, 256), 16)", "unhex(left(sha2(v, 256), 32))", "v", "bn", "NULL"]),
                self.number(0)
            ),
        }
    }

    /// Functions whose counts, bases, bits and places may differ from row to row.
    fn by_count(&mut self, depth: usize) -> String {
        match self.below(9) {
            0 => format!("round({}, {})", self.any(depth), self.small(depth)),
            1 => format!("truncate({}, {})", self.any(depth), self.small(depth)),
            2 => format!(
                "{}({}, {})",
                self.pick(&["round", "truncate"]),
                self.number(depth),
                self.pick(&["i8", "u16", "d1", "-i8", "i8 % 5"])
            ),
            3 => format!(
                "conv({}, {}, {})",
                self.any(depth),
                self.pick(&["i24", "u32", "10 + i8 % 7", "16"]),
                self.pick(&["u64", "i8", "-(i8 % 40)"])
            ),
            4 => format!("sha2({}, {})", self.any(depth), self.pick(&["u16", "256 * (i8 % 3)", "i24", "v"])),
            5 => format!("make_set({}, {}, {}, {})", self.number(depth), self.any(depth), self.text(depth), self.any(depth)),
            6 => format!("export_set({}, {}, {})", self.number(depth), self.text(depth), self.text(0)),
            7 => format!(
                "export_set({}, {}, {}, {}, {})",
                self.number(depth),
                self.any(depth),
                self.text(0),
                self.text(0),
                self.small(depth)
            ),
            _ => {
                let hex = self.pick(&[
                    "0x41",
                    "x'FFFFFFFFFFFFFFFF'",
                    "b'1010'",
                    "0b1",
                    "x''",
                    "0xFFFF",
                    "b'1111111111111111111111111111111111111111111111111111111111111111'",
                ]);
                let op = self.pick(&["+", "-", "*", "/", "DIV", "%"]);
                let other = self.any(depth);
                if self.below(2) == 0 { format!("({hex} {op} {other})") } else { format!("({other} {op} {hex})") }
            }
        }
    }
}
