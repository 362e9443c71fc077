package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.task.TaskContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of an environment that are given to its parent. */
class PromoteTest {
  @TempDir Path folder;

  private static final AtomicInteger COUNT = new AtomicInteger();
  private CliLab lab;

  static byte[] large(String of) {
    Bodies.ran("large");
    byte[] bytes = new byte[100_000];
    Arrays.fill(bytes, (byte) of.charAt(0));
    return bytes;
  }

  static int length(byte[] of) {
    Bodies.ran("length");
    return of.length;
  }

  static int random(String of) {
    Bodies.ran("random");
    return COUNT.incrementAndGet();
  }

  private static void define(Pipeline.Builder p) {
    var large = p.step("large", task(PromoteTest::large), p.value("a"));
    p.result("length", p.step("length", task(PromoteTest::length), large));
    p.step("random", task(PromoteTest::random), p.value("x"));
  }

  @BeforeEach
  void begin() {
    lab = new CliLab(folder);
    lab.with("p", PromoteTest::define);
    Bodies.take();
  }

  private Ran in(String environment, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--conf", "environment=" + environment));
    if (!environment.equals("prod")) {
      all.addAll(List.of("--conf", "environment.parents=prod"));
    }
    return lab.run(all.toArray(String[]::new));
  }

  private List<String> bodies(String environment, String... args) {
    Bodies.take();
    assertThat(in(environment, args).exit()).isZero();
    return Bodies.take();
  }

  @Test
  void promote_resultsOfAChild_areTheParentsWhateverBecomesOfTheChilds() {
    assertThat(bodies("dev", "run", "p")).hasSize(3);
    assertThat(in("dev", "cache", "promote", "--to", "prod", "--step", "large", "--dry-run").out())
        .contains("large", "would promote 1 entry to prod");
    assertThat(bodies("prod", "plan", "p")).isEmpty();
    assertThat(in("prod", "cache", "ls").out()).contains("no entries");

    Ran promoted = in("dev", "cache", "promote", "--to", "prod", "--pipeline", "p");
    assertThat(promoted.out())
        .contains("promoted 3 entries to prod; 0 there already, 0 expired or without their blobs");
    assertThat(in("dev", "cache", "promote", "--to", "prod", "--pipeline", "p").out())
        .contains("promoted 0 entries to prod; 3 there already");
    assertThat(bodies("prod", "run", "p")).isEmpty();
    assertThat(in("prod", "why", "large").out()).contains("made by run");
    assertThat(bodies("sibling", "run", "p")).as("which reads the parent").isEmpty();
    assertThat(in("prod", "cache", "ls", "--output", "json").out()).contains("\"total\" : 3");

    assertThat(in("dev", "cache", "clear", "--yes").exit()).isZero();
    assertThat(bodies("prod", "run", "p", "--rerun", "length"))
        .as("the bytes are the parent's, too")
        .containsExactly("length");
    assertThat(in("prod", "cache", "verify").exit()).isZero();
    assertThat(in("prod", "cache", "rebuild", "--anew").out()).contains("restored 1 entry");
    assertThat(bodies("prod", "run", "p", "--conf", "project=another")).hasSize(3);
  }

  @Test
  void promote_parentHasAnotherResult_itStaysUnlessItIsToBeReplaced() {
    assertThat(bodies("prod", "run", "p", "--only", "random")).containsExactly("random");
    assertThat(bodies("dev", "run", "p", "--rerun", "random")).contains("random");
    Ran kept = in("dev", "cache", "promote", "--to", "prod", "--step", "random");
    assertThat(kept.out()).contains("promoted 0 entries to prod");
    assertThat(kept.err()).contains("prod has other results under 1 of these keys", "--replace");
    String before = in("prod", "cache", "ls", "--step", "random", "--output", "json").out();
    in("dev", "cache", "promote", "--to", "prod", "--step", "random", "--replace");
    assertThat(in("prod", "cache", "ls", "--step", "random", "--output", "json").out())
        .isNotEqualTo(before);

    in("dev", "cache", "edit", key("large"), "--expires", "0s");
    assertThat(in("dev", "cache", "promote", "--to", "prod", "--step", "large").out())
        .contains("promoted 0 entries to prod; 0 there already, 1 expired");
  }

  static int versioned(String of) {
    TaskContext.current().dataVersion("v1");
    return random(of);
  }

  static String words(String of) {
    return (random(of) + " ").repeat(50_000);
  }

  private static void handOut(Pipeline.Builder p) {
    p.result("r", p.step("random", task(PromoteTest::words), p.value("x")));
  }

  private static void handVersionOut(Pipeline.Builder p) {
    p.result("v", p.step("versioned", task(PromoteTest::versioned), p.value("x")));
  }

  private String result(String environment, String name) {
    assertThat(bodies(environment, "run", "out")).isEmpty();
    return in(environment, "result", name).out();
  }

  /** What was replaced is not to come back with an index that is made anew. */
  @Test
  void rebuild_afterAPromotionThatReplaced_hasWhatWasPromoted() throws Exception {
    lab.with("out", PromoteTest::handOut);
    bodies("dev", "run", "out");
    String devs = result("dev", "r");
    bodies("prod", "run", "out");
    String prods = result("prod", "r");
    assertThat(prods).isNotEqualTo(devs);
    in("dev", "cache", "promote", "--to", "prod", "--step", "random", "--replace");
    assertThat(result("prod", "r")).isEqualTo(devs);

    assertThat(in("prod", "cache", "rebuild").exit()).isZero();
    assertThat(result("prod", "r")).isEqualTo(devs);
    try (Stream<Path> index = Files.walk(folder.resolve(".reprise/index"))) {
      for (Path each : index.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    assertThat(in("prod", "cache", "rebuild").exit()).isZero();
    assertThat(result("prod", "r")).isEqualTo(devs);
  }

  /** They stand for the same, and are other bytes. */
  @Test
  void promote_sameDataVersionOfOtherBytes_isThereUnlessItIsToBeReplaced() {
    lab.with("out", PromoteTest::handVersionOut);
    bodies("dev", "run", "out");
    String devs = result("dev", "v");
    bodies("prod", "run", "out");
    String prods = result("prod", "v");
    assertThat(prods).isNotEqualTo(devs);
    assertThat(in("dev", "cache", "promote", "--to", "prod", "--step", "versioned").out())
        .contains("promoted 0 entries to prod; 1 there already");
    assertThat(result("prod", "v")).isEqualTo(prods);
    in("dev", "cache", "promote", "--to", "prod", "--step", "versioned", "--replace");
    assertThat(result("prod", "v")).isEqualTo(devs);
  }

  private String key(String step) {
    String json = in("dev", "cache", "ls", "--step", step, "--output", "json").out();
    return json.replaceFirst("(?s).*?\"key\" : \"([0-9a-f]+)\".*", "$1");
  }

  @Test
  void promote_toWhatIsNoParentOrWithoutChoice_isRefused() {
    bodies("dev", "run", "p");
    Ran other = in("dev", "cache", "promote", "--to", "staging", "--step", "large");
    assertThat(other.exit()).isEqualTo(2);
    assertThat(other.err()).contains("environment 'staging' is no parent of 'dev', which has prod");
    assertThat(in("prod", "cache", "promote", "--to", "prod", "--step", "large").exit())
        .isEqualTo(2);
    assertThat(in("dev", "cache", "promote", "--to", "prod").exit()).isEqualTo(2);
    assertThat(in("dev", "cache", "promote", "--step", "large").exit()).isEqualTo(2);
    assertThat(in("dev", "cache", "promote", "--to", "prod", "--step", "lrge").out())
        .contains("'large'");
  }
}
