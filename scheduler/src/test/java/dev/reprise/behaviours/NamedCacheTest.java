package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.task.NamedCache;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches with a name, as those who run pipelines see them. */
class NamedCacheTest {
  private static final NamedCache PRICES = new NamedCache("prices");

  @TempDir Path folder;

  static String quote(String symbol, int day) {
    Bodies.ran("quote");
    return symbol + " " + day;
  }

  static String plain(String symbol) {
    Bodies.ran("plain");
    return symbol;
  }

  static int length(String quote) {
    Bodies.ran("length");
    return quote.length();
  }

  @BeforeEach
  void forget() {
    Bodies.take();
  }

  private static void quotes(Pipeline.Builder p) {
    var quote =
        p.step(
            "quote",
            task(NamedCacheTest::quote).keptIn(PRICES, "{symbol}-{day}"),
            p.value("ACME"),
            p.param("day", 1));
    p.step("length", task(NamedCacheTest::length).keptIn(PRICES, "length/{quote}"), quote);
    p.step("plain", task(NamedCacheTest::plain), p.value("ACME"));
  }

  @Test
  @Shows("Argo 11")
  void statusOfAStep_inANamedCache_hasOutcomeKeyAndCacheEverywhere() {
    CliLab lab = new CliLab(folder);
    lab.with("p", NamedCacheTest::quotes);
    String cache = "\"named_cache\":\"prices\"";
    String key = "\"named_key\":\"ACME-1\"";
    String planned = lab.run("plan", "p", "-v").out();
    assertThat(planned).containsPattern("IN +cache prices, key ACME-1");
    assertThat(squeezed("plan", lab, "p")).contains(cache, key);

    List<String> ran = lab.run("run", "p", "--console", "json").out().lines().toList();
    assertThat(event(ran, "unit", "quote")).contains("\"outcome\":\"RAN\"", cache, key);
    assertThat(event(ran, "unit", "plain")).doesNotContain("named_");
    assertThat(event(ran, "step", "plain")).doesNotContain("named_");
    List<String> hit = lab.run("run", "p", "--console", "json").out().lines().toList();
    assertThat(event(hit, "step", "quote")).contains("\"CACHED\":1", cache, key);
    assertThat(event(hit, "step", "length")).contains("\"CACHED\":1", "length/{quote}");
    assertThat(Bodies.take()).containsExactly("length", "plain", "quote");

    assertThat(lab.run("run", "p").out())
        .containsPattern("CACHED +quote .*in cache prices, key ACME-1")
        .containsPattern("CACHED +plain +1 unit +saved \\S+ \\S+\\n");
    assertThat(lab.run("runs", "show").out())
        .containsPattern("CACHED +quote .*in cache prices, key ACME-1");
    assertThat(squeezed("runs", lab, "show")).contains(cache, key);
    assertThat(lab.run("why", "quote").out())
        .contains("CACHED: made by run", "key ", "in cache prices, key ACME-1");
    assertThat(squeezed("why", lab, "quote")).contains("\"CACHED\":1", cache, key);
    assertThat(squeezed("why", lab, "plain")).doesNotContain("named_");
    assertThat(lab.run("result", "quote").out()).contains("ACME 1");
    assertThat(Bodies.take()).isEmpty();
  }

  static String two(String a, String b) {
    Bodies.ran("two");
    return a + " and " + b;
  }

  static String one(String whole) {
    Bodies.ran("one");
    return whole;
  }

  /** What is written is the key, but for arguments that cannot be read back from it. */
  @Test
  void key_writtenAlikeOfOtherArguments_isAnother() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p ->
            p.result(
                "r",
                p.step(
                    "two",
                    task(NamedCacheTest::two).keptIn(PRICES, "{a}-{b}"),
                    p.param("a", "x"),
                    p.param("b", "y-z"))));
    lab.with(
        "whole",
        p -> p.step("one", task(NamedCacheTest::one).keptIn(PRICES, "{whole}"), p.value("x-y-z")));
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(lab.run("run", "p", "-p", "a=x-y", "-p", "b=z").exit()).isZero();
    assertThat(lab.run("result", "r").out()).contains("x-y and z");
    assertThat(Bodies.take()).containsExactly("two", "two");

    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(lab.run("run", "p", "-p", "a=x-y", "-p", "b=z").exit()).isZero();
    assertThat(lab.run("run", "whole").exit()).isZero();
    assertThat(Bodies.take()).as("and other tasks share what is written so").isEmpty();
    assertThat(lab.run("cache", "ls").out().split("x-y-z", -1)).as("two entries").hasSize(3);
  }

  /** JSON of a command without blanks. */
  private static String squeezed(String command, CliLab lab, String argument) {
    CliLab.Ran ran = lab.run(command, argument, "--output", "json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out().replaceAll("\\s+", "");
  }

  private static String event(List<String> lines, String event, String step) {
    return lines.stream()
        .filter(line -> line.contains("\"event\":\"" + event + "\""))
        .filter(line -> line.contains("\"step\":\"" + step + "\""))
        .findFirst()
        .orElseThrow();
  }
}
