"""Tests that compare.py sees what differs, and only that."""

import unittest

import compare
from compare import ABSENT, Found, Listed

NOW = 1790000000


class Compare(unittest.TestCase):
    """Small answers, and what compare.py says about them."""

    def test_each_kind_of_difference_has_its_path(self):
        virustotal = {"code": 1, "text": "a", "only": None,
                      "list": [{"x": 1}, {"x": 2}, {"x": 3}],
                      "scans": {"One": {"result": "bad"}}}
        gateway = {"code": True, "text": "a", "more": 0,
                   "list": [{"x": 1}, {"x": 5}],
                   "scans": {"One": {"result": "worse"}}}
        self.assertEqual(
            list(compare.find("c", virustotal, gateway)),
            [Found("c", "code", "changed", 1, True),
             Found("c", "only", "absent", None, ABSENT),
             Found("c", "list.#.x", "changed", 2, 5),
             Found("c", "list.#", "absent", {"x": 3}, ABSENT),
             Found("c", "scans.#.result", "changed", "bad", "worse"),
             Found("c", "more", "added", ABSENT, 0)])

    def test_equal_answers_do_not_differ(self):
        answer = {"a": [1, {"b": None}], "c": {"d": "e"}}
        self.assertEqual(list(compare.find("c", answer, dict(answer))), [])

    def test_another_type_is_one_difference(self):
        for left, right in (({}, []), ("1", 1), (None, {}), ([], "x")):
            found = list(compare.find("c", left, right))
            self.assertEqual(found, [Found("c", "", "changed", left, right)])

    def test_a_line_covers_what_is_below_its_path(self):
        line = Listed("url*", "body*.scans", "absent", "")
        for path, covered in (("body.scans", True), ("body.#.scans", True),
                              ("body.scans.#.result", True),
                              ("body.scansion", False), ("scans", False)):
            found = Found("url, clean", path, "absent", 1, ABSENT)
            self.assertEqual(compare.covers(line, found), covered, path)
        self.assertFalse(compare.covers(
            line, Found("file", "body.scans", "absent", 1, ABSENT)))
        self.assertFalse(compare.covers(
            line, Found("url", "body.scans", "added", ABSENT, 1)))

    def test_what_is_not_listed_and_what_is_no_longer_there_are_named(self):
        found = list(compare.find("c", {"a": 1, "b": 1}, {"a": 2}))
        table = [Listed("c", "a", "changed", "why"),
                 Listed("c", "gone", "absent", "why")]
        complaints = compare.judge(found, table)
        self.assertEqual(len(complaints), 2)
        self.assertIn("absent at 'b' in 1 cases (c)", complaints[0])
        self.assertIn("'gone'", complaints[1])
        self.assertEqual(compare.judge(found[:1], table[:1]), [])

    def test_times_about_now_are_the_same(self):
        value = {"scan_id": "ab" * 32 + "-%d" % NOW, "date": NOW + 5,
                 "scan_date": "2026-09-21 14:13:20", "old": 1500000000,
                 "hash": "1790000000ab", "text": ["2017-07-14 02:40:00"],
                 "real": True}
        self.assertEqual(
            compare.without_now(value, NOW),
            {"scan_id": "ab" * 32 + "-NOW", "date": "NOW", "scan_date": "NOW",
             "old": 1500000000, "hash": "1790000000ab",
             "text": ["2017-07-14 02:40:00"], "real": True})


if __name__ == "__main__":
    unittest.main()
