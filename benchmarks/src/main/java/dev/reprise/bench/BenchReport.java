package dev.reprise.bench;

import dev.reprise.bench.ratio.Measured;
import dev.reprise.bench.ratio.Target;
import dev.reprise.bench.ratio.Target.Better;
import dev.reprise.console.JsonText;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What was measured, as a table for people or as one JSON object. */
final class BenchReport {
  private static final String ROW = "%-20s %10s %10s %8s %17s %7s %7s %7s %5s  %s%n";

  private final PrintStream out;

  BenchReport(PrintStream out) {
    this.out = out;
  }

  void header(Machine machine, boolean quick) {
    out.println(machine + (quick ? "; quick: the ratios say little" : ""));
    out.printf(
        Locale.ROOT,
        ROW,
        "RATIO",
        "OURS",
        "PEER",
        "RATIO",
        "10–90 %",
        "FLOOR",
        "TARGET",
        "STRETCH",
        "LOAD",
        "");
  }

  void line(Measured measured) {
    Target target = measured.target();
    String sign = target.better() == Better.LOWER ? "≤" : "≥";
    out.printf(
        Locale.ROOT,
        ROW,
        target.name(),
        cost(measured.ours()),
        cost(measured.peer()),
        number(measured.ratio()),
        number(measured.low()) + " … " + number(measured.high()),
        sign + number(target.floor()),
        sign + number(target.target()),
        sign + number(target.stretch()),
        String.format(Locale.ROOT, "%.1f", measured.foreignLoad()),
        verdict(measured));
    measured.notes().forEach(note -> out.println("  " + note));
    out.flush();
  }

  private static String verdict(Measured measured) {
    String word = measured.holds() ? "holds" : "falls short";
    if (measured.holds() && !measured.level().equals("floor")) {
      word += " (" + measured.level() + ")";
    }
    if (measured.isVoid()) {
      word += ", void: other processes used the machine";
    } else if (!measured.settled()) {
      word += ", did not settle in its warm-up";
    }
    return word;
  }

  void footer(List<Measured> all) {
    long held = all.stream().filter(Measured::holds).count();
    out.printf(Locale.ROOT, "%d of %d floors hold%n", held, all.size());
  }

  /** Costs are nanoseconds, bytes or counts: three digits say enough of each. */
  private static String cost(double cost) {
    if (cost >= 1e9) {
      return String.format(Locale.ROOT, "%.2f G", cost / 1e9);
    } else if (cost >= 1e6) {
      return String.format(Locale.ROOT, "%.1f M", cost / 1e6);
    } else if (cost >= 1e4) {
      return String.format(Locale.ROOT, "%.1f k", cost / 1e3);
    }
    return String.format(Locale.ROOT, "%.0f", cost);
  }

  private static String number(double ratio) {
    return String.format(Locale.ROOT, ratio >= 100 ? "%.0f" : ratio >= 10 ? "%.1f" : "%.2f", ratio);
  }

  void json(Machine machine, boolean quick, List<Measured> all) {
    JsonText json = JsonText.document();
    json.text("processor", machine.processor())
        .number("cores", machine.cores())
        .text("jdk", machine.jdk())
        .number("heap_bytes", machine.heap())
        .flag("quick", quick);
    json.objects("ratios", all, BenchReport::put);
    out.println(json.end());
  }

  private static void put(JsonText json, Measured measured) {
    Target target = measured.target();
    json.text("name", target.name())
        .text("what", target.what())
        .decimal("ours", measured.ours())
        .decimal("peer", measured.peer())
        .decimal("ratio", measured.ratio())
        .decimal("low", measured.low())
        .decimal("high", measured.high())
        .decimal("floor", target.floor())
        .decimal("target", target.target())
        .decimal("stretch", target.stretch())
        .text("better", target.better().name().toLowerCase(Locale.ROOT))
        .number("pairs", measured.pairs())
        .decimal("load", measured.foreignLoad())
        .flag("settled", measured.settled())
        .flag("holds", measured.holds())
        .flag("void", measured.isVoid())
        .list("notes", measured.notes());
  }
}
