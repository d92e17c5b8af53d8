"""A calculator for the formulas the report writes: what Excel would show if it counted everything again."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

REFERENCE = re.compile(r"(?:([^\W\d]\w*)!)?\$?([A-Z]{1,2})\$?(\d+)(?::\$?([A-Z]{1,2})\$?(\d+))?")


class Sheets:
    """Formulas and stored values of a workbook that openpyxl has opened twice."""

    def __init__(self, formulas, values):
        self.formulas, self.values = formulas, values
        self.of = cache(self._of)

    def every(self):
        """Name, cell, what it shows and what it should show, for every cell with a formula."""
        for sheet in self.formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("="):
                        yield (
                            sheet.title,
                            cell.coordinate,
                            self.values[sheet.title][cell.coordinate].value,
                            self.of(sheet.title, cell.coordinate),
                        )

    def wrong(self):
        """Cells that show something else than their formula gives."""
        return [
            one for one in self.every() if one[2] != one[3] and (isinstance(one[3], str) or abs(one[2] - one[3]) > 1e-9)
        ]

    def _of(self, sheet, place):
        held = self.formulas[sheet][place].value
        if not (isinstance(held, str) and held.startswith("=")):
            return held
        names = {}

        def reference(found):
            name = f"v{len(names)}"
            where, left, top, right, bottom = found.groups()
            if right is None:
                names[name] = self.of(where or sheet, left + top)
            else:
                area = self.formulas[where or sheet][f"{left}{top}:{right}{bottom}"]
                names[name] = [self.of(where or sheet, cell.coordinate) for row in area for cell in row]
            return name

        text = re.sub(r'"(>=|<)"&', r'"\1",', held[1:]).replace("^", "**")
        return eval(REFERENCE.sub(reference, text), {**FUNCTIONS, **names})


def half_up(value, digits):
    """ROUND of Excel: half away from zero, on 15 significant digits."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def count_ifs(area, _at_least, low, area_again, _below, high):
    """COUNTIFS of an interval."""
    assert area == area_again
    return sum(low <= round(value, 9) < high for value in area)


FUNCTIONS = {
    "ROUND": half_up,
    "SUM": lambda values: sum(value or 0 for value in values),
    "MAX": max,
    "MIN": min,
    "COUNTIFS": count_ifs,
}
