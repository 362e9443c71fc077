package dev.reprise.cli.testing;

import static dev.reprise.task.Tasks.local;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.codec.ArrowTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A pipeline with a result of every kind. */
public final class Sample {
  private Sample() {}

  public record Model(String name, double score, List<Integer> layers, Optional<String> note) {}

  public record Halves(String left, String right) {}

  public static void define(Pipeline.Builder p) {
    var broken = p.param("broken", false);
    var months = p.fanOut("months", local(Sample::months));
    var delays = p.perPartition("delays", local(Sample::delays), months);
    var report = p.step("report", local(Sample::report), delays.all());
    p.result("text", report);
    p.result("by-month", delays);
    p.result("model", p.step("train", local(Sample::train)));
    var halves = p.outputs("halves", Halves.class, local(Sample::halves));
    p.result("right", halves.get("right", String.class));
    p.result("picture", p.step("draw", local(Sample::draw)));
    p.result("file", p.step("save", local(Sample::save)));
    p.result("figures", p.step("figures", local(Sample::figures)));
    p.result("long", p.step("lines", local(Sample::lines)));
    p.result("bulky", p.fanOut("bulky", local(Sample::bulky)));
    var fragile = p.step("fragile", local(Sample::fragile), broken);
    p.result("after", p.step("after", local(Sample::after), fragile));
  }

  public static List<String> months() {
    return List.of("jan", "feb");
  }

  public static Schema columns() {
    return new Schema(
        List.of(
            Field.nullable("origin", ArrowType.Utf8.INSTANCE),
            Field.nullable("flights", new ArrowType.Int(64, true)),
            Field.nullable(
                "mean_delay", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));
  }

  public static ArrowTable delays(String month) {
    return ArrowTable.builder(columns())
        .row("ATL", 1204, 7.25)
        .row("O\"Hare, " + month, 9, null)
        .row("", null, -0.5)
        .build();
  }

  public static String report(List<ArrowTable> delays) {
    return "best: ATL\nworst: " + delays.size() + "\n";
  }

  public static Model train() {
    return new Model("linear", 0.25, List.of(3, 1), Optional.empty());
  }

  public static Halves halves() {
    return new Halves("l", "r");
  }

  public static byte[] draw() {
    return new byte[] {(byte) 0x89, 'P', 'N', 'G', 0};
  }

  public static Path save() throws IOException {
    return Files.writeString(Files.createTempDirectory("sample").resolve("a.txt"), "in a file\n");
  }

  public static Map<String, BigDecimal> figures() {
    return Map.of("pi", new BigDecimal("3.1400"));
  }

  public static String fragile(boolean broken) {
    if (broken) {
      throw new IllegalStateException("no such airport: XYZ");
    }
    return "fine";
  }

  public static String after(String fragile) {
    return "after " + fragile;
  }

  /** Too large to lie in the index. */
  public static String lines() {
    return "a line\n".repeat(20_000);
  }

  /** Elements that lie in the index, together too large for the journal. */
  public static List<String> bulky() {
    return IntStream.range(0, 20).mapToObj(i -> i + " bulk".repeat(4_000)).toList();
  }
}
