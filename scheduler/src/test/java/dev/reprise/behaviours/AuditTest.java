package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.api.Value;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableBuilder;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.run.Audit;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.AuditReport;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.task.RetryPolicy;
import dev.reprise.testkit.PipelineTester;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is reused, or has run, is executed again and compared. */
class AuditTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  /** What bodies read behind the back of their keys. */
  private static volatile int hidden;

  private static volatile CountDownLatch blocked = new CountDownLatch(0);
  private static volatile CountDownLatch begun = new CountDownLatch(0);

  @BeforeEach
  void hideNothing() {
    hidden = 0;
    COUNT.set(0);
    blocked = new CountDownLatch(0);
    Bodies.take();
  }

  record Price(String symbol, List<Integer> days) {}

  static List<Integer> numbers(int count) {
    Bodies.ran("numbers");
    return IntStream.range(0, count).boxed().toList();
  }

  static Price price(int number) throws InterruptedException {
    Bodies.ran("price " + number);
    begun.countDown();
    blocked.await();
    if (hidden < 0) {
      throw new IllegalStateException("no price today");
    }
    return new Price("s" + number, List.of(number, number == 3 ? hidden : 0));
  }

  static int sum(List<Price> prices) {
    Bodies.ran("sum");
    return prices.size();
  }

  static void send(int sum) {
    Bodies.ran("send");
  }

  private static void prices(Pipeline.Builder p) {
    var numbers = p.fanOut("numbers", task(AuditTest::numbers), p.param("count", 40));
    var prices = p.perPartition("price", task(AuditTest::price), numbers);
    var sum = p.step("sum", task(AuditTest::sum), prices.all());
    p.step("send", action(AuditTest::send).cached(), sum);
    p.result("sum", sum);
  }

  private static final class Told implements RunListener {
    final List<String> warnings = new ArrayList<>();
    final List<AuditReport> reports = new ArrayList<>();

    @Override
    public void warning(String code, String message) {
      warnings.add(code + " " + message);
    }

    @Override
    public void audited(AuditReport report) {
      reports.add(report);
    }

    AuditReport report() {
      assertThat(reports).hasSize(1);
      return reports.get(0);
    }
  }

  private final Pipeline pipeline = Pipeline.define("p", AuditTest::prices);

  private Run submit(Pipeline pipeline, UnaryOperator<RunOptions> how, Told told) {
    Bodies.take();
    return reprise.driver().submit(pipeline, how.apply(RunOptions.DEFAULT), told);
  }

  private RunSummary run(UnaryOperator<RunOptions> how, Told told) throws Exception {
    return submit(pipeline, how, told).await();
  }

  @Test
  void audit_shareOfHits_executesSoManyWhichTheSeedChoosesAndKeepsNothing() throws Exception {
    run(options -> options, new Told());
    Told first = new Told();

    RunSummary summary = run(options -> options.withAudit(Audit.of(0.1)), first);

    List<String> sample = Bodies.take();
    assertThat(sample).as("a tenth of 42, rounded up").hasSize(5).doesNotContain("send");
    assertThat(summary.state()).isEqualTo(RunState.SUCCEEDED);
    AuditReport report = first.report();
    assertThat(report.reused()).as("but for the side effect").isEqualTo(42);
    assertThat(report.reusedAgain()).isEqualTo(5);
    assertThat(report.equal()).isEqualTo(5);
    assertThat(report.differing() + report.notCompared()).isZero();
    assertThat(first.warnings).isEmpty();

    Audit again = Audit.of(0.1).withSeed(report.seed());
    run(options -> options.withAudit(again), new Told());
    assertThat(Bodies.take()).as("the same seed").isEqualTo(sample);
    var others = new TreeSet<List<String>>((one, other) -> one.toString().compareTo("" + other));
    for (int i = 0; i < 5; i++) {
      run(options -> options.withAudit(Audit.of(0.1)), new Told());
      others.add(Bodies.take());
    }
    assertThat(others).as("other runs choose others").hasSizeGreaterThan(1);
    run(options -> options.withAudit(Audit.of(1)), new Told());
    assertThat(Bodies.take()).hasSize(42);
  }

  @Test
  void audit_difference_isNamedWithDigestsAndFieldAndFailsNothingAndStaysInTheCache()
      throws Exception {
    run(options -> options, new Told());
    hidden = 7;
    Told told = new Told();

    RunSummary summary = run(options -> options.withAudit(Audit.of(1)), told);

    assertThat(summary.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(summary.exitCode()).isZero();
    assertThat(told.report().differing()).isEqualTo(1);
    assertThat(told.report().equal()).isEqualTo(41);
    assertThat(told.warnings).hasSize(1);
    assertThat(told.warnings.get(0))
        .containsPattern(
            "^AUDIT 'price:3' does not give the same twice: it made [0-9a-f]{8} now, and the run has"
                + " [0-9a-f]{8}; first difference: \\.days\\[1] is 0 before, 7 now; what is cached"
                + " stays, 'reprise cache evict --key [0-9a-f]{16}' removes it");
    Run next = submit(pipeline, options -> options, new Told());
    next.await();
    assertThat(Bodies.take()).as("the entry stays").isEmpty();

    RunSummary failing =
        run(options -> options.withAudit(Audit.of(1).withFailing(true)), new Told());
    assertThat(failing.state()).isEqualTo(RunState.FAILED);
    assertThat(failing.exitCode()).isEqualTo(6);
    assertThat(failing.message()).isEqualTo("'price:3' does not give the same twice");
  }

  @Test
  void audit_tables_namesTheRowsThatDifferWhateverTheirOrder() throws Exception {
    Pipeline tables =
        Pipeline.define("t", p -> p.result("t", p.step("t", task(AuditTest::table), p.value(1))));
    submit(tables, options -> options, new Told()).await();
    hidden = 1;
    Told reordered = new Told();
    submit(tables, options -> options.withAudit(Audit.of(1)), reordered).await();
    assertThat(reordered.report().equal()).as("in another order").isEqualTo(1);
    hidden = 2;
    Told told = new Told();
    submit(tables, options -> options.withAudit(Audit.of(1)), told).await();
    assertThat(told.warnings.get(0))
        .contains("first difference: row 2 is ", "n=20", " before, row 3 is ", "n=99", " now");
  }

  static ArrowTable table(int any) {
    Schema schema = new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));
    List<Long> rows =
        switch (hidden) {
          case 0 -> List.of(10L, 20L, 30L);
          case 1 -> List.of(30L, 20L, 10L);
          default -> List.of(30L, 10L, 99L);
        };
    TableBuilder builder = ArrowTable.builder(schema);
    rows.forEach(row -> builder.row(row));
    return builder.build();
  }

  @Test
  void checkDeterminism_whatRuns_runsTwiceInEveryCacheModeAndWithoutKeys() throws Exception {
    for (CacheMode mode : List.of(CacheMode.OFF, CacheMode.ON, CacheMode.REFRESH)) {
      Told told = new Told();
      run(options -> options.withCache(mode).withAudit(Audit.NONE.withTwice(true)), told);
      assertThat(Bodies.take()).as("%s; 'send' once", mode).hasSize(2 * 42 + 1);
      assertThat(told.report().executedAgain()).isEqualTo(42);
      assertThat(told.report().equal()).isEqualTo(42);
    }
    Told none = new Told();
    run(options -> options.withAudit(Audit.NONE.withTwice(true)), none);
    assertThat(Bodies.take()).as("all is reused").isEmpty();
    assertThat(none.report().executedAgain()).isZero();

    Pipeline counting =
        Pipeline.define(
            "c", p -> p.result("n", p.step("n", task(AuditTest::next).uncached(), p.value(1))));
    Told told = new Told();
    Run run = submit(counting, options -> options.withAudit(Audit.NONE.withTwice(true)), told);
    assertThat(run.await().exitCode()).isZero();
    assertThat(told.report().differing()).isEqualTo(1);
    assertThat(told.warnings.get(0)).contains("first difference: 1 before, 2 now").endsWith("now");
    assertThat(run.result("n", Integer.class)).as("the first result counts").isEqualTo(1);
  }

  private static final AtomicInteger COUNT = new AtomicInteger();

  static int next(int any) {
    return COUNT.incrementAndGet();
  }

  @Test
  void audit_ofWhatFailsNowOrTakesTooLong_isToldAndFailsNothing() throws Exception {
    run(options -> options, new Told());
    hidden = -1;
    Told told = new Told();
    RunSummary summary = run(options -> options.withAudit(Audit.of(1).withFailing(true)), told);
    assertThat(summary.exitCode()).isZero();
    assertThat(told.report().notCompared()).isEqualTo(40);
    assertThat(told.report().equal()).isEqualTo(2);
    assertThat(told.warnings).hasSize(2).allMatch(text -> text.contains("it failed: "));
    assertThat(told.warnings.get(1)).startsWith("NOT_AUDITED 39 more not compared: it failed");

    hidden = 0;
    Pipeline slow =
        Pipeline.define(
            "s",
            p ->
                p.step(
                    "price", task(AuditTest::price).timeout(Duration.ofMillis(300)), p.value(1)));
    submit(slow, options -> options, new Told()).await();
    blocked = new CountDownLatch(1);
    Told late = new Told();
    Run run = submit(slow, options -> options.withAudit(Audit.of(1)), late);
    assertThat(run.await().exitCode()).isZero();
    blocked.countDown();
    assertThat(late.warnings.get(0)).contains("ran longer than its deadline of 300 ms");
  }

  @Test
  void audit_withStepsLeftOut_executesNoneOfThem() throws Exception {
    run(options -> options, new Told());
    Told told = new Told();
    run(options -> options.withOnly(Set.of("sum")).withAudit(Audit.of(1)), told);
    assertThat(Bodies.take()).containsExactly("sum");
    assertThat(told.report().reused()).isEqualTo(1);
  }

  @Test
  void audit_runsIntoTheRunsDeadline_endsAloneAndTheRunHasSucceeded() throws Exception {
    run(options -> options, new Told());
    blocked = new CountDownLatch(1);
    Told told = new Told();
    RunSummary summary =
        run(options -> options.withAudit(Audit.of(1)).withTimeout(Duration.ofMillis(400)), told);
    blocked.countDown();
    assertThat(summary.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(summary.exitCode()).isZero();
    assertThat(told.warnings)
        .contains("AUDIT ended early: the run took longer than its deadline of 400ms");
    assertThat(told.report().notCompared()).isPositive();
  }

  static int fails(int any) {
    throw new IllegalStateException("fails whatever happens");
  }

  @Test
  void audit_ofARunThatKeptGoing_leavesItsFailureToBeTold() throws Exception {
    Pipeline two =
        Pipeline.define(
            "two",
            p -> {
              p.step("next", task(AuditTest::next), p.value(1));
              p.step("fails", task(AuditTest::fails), p.value(1));
            });
    submit(two, options -> options.withKeepGoing(true), new Told()).await();
    Told told = new Told();
    RunSummary summary =
        submit(
                two,
                options -> options.withKeepGoing(true).withAudit(Audit.of(1).withFailing(true)),
                told)
            .await();
    assertThat(told.report().differing()).isEqualTo(1);
    assertThat(summary.exitCode()).isEqualTo(1);
    assertThat(summary.message()).contains("'fails' failed");
  }

  record Odd(int number) {
    @Override
    public boolean equals(Object other) {
      throw new AssertionError("odd");
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  static Set<Odd> odd(int any) {
    return Set.of(new Odd(COUNT.incrementAndGet()));
  }

  @Test
  void audit_valuesThatThrowWhenCompared_differAndFailNothing() throws Exception {
    Pipeline odd = Pipeline.define("odd", p -> p.step("odd", task(AuditTest::odd), p.value(1)));
    submit(odd, options -> options, new Told()).await();
    Told told = new Told();
    RunSummary summary = submit(odd, options -> options.withAudit(Audit.of(1)), told).await();
    assertThat(summary.exitCode()).isZero();
    assertThat(told.report().differing()).isEqualTo(1);
    assertThat(told.warnings)
        .singleElement()
        .asString()
        .contains("where they differ cannot be told: java.lang.AssertionError: odd");
  }

  @Test
  void audit_ofARunThatIsRetried_isAskedForAgain() {
    CliLab lab = new CliLab(folder).with("prices", AuditTest::prices);
    lab.run("run", "prices", "-p", "count=4");
    hidden = 5;
    String[] audit = {"--audit", "100%", "--audit-seed", "x", "--fail-on-difference"};
    List<String> words = new ArrayList<>(List.of("run", "prices", "-p", "count=4"));
    words.addAll(List.of(audit));
    assertThat(lab.run(words.toArray(new String[0])).exit()).isEqualTo(6);
    Ran retried = lab.run("runs", "retry", "latest");
    assertThat(retried.out()).contains("audit", "(100%, seed x)");
  }

  @Test
  void audit_ofARunThatIsCancelledOrFails_ends() throws Exception {
    run(options -> options, new Told());
    blocked = new CountDownLatch(1);
    begun = new CountDownLatch(1);
    Run run = submit(pipeline, options -> options.withAudit(Audit.of(1)), new Told());
    begun.await();
    run.cancel();
    RunSummary summary = run.await();
    assertThat(summary.state()).isEqualTo(RunState.CANCELLED);
    assertThat(summary.exitCode()).isEqualTo(8);
    assertThat(summary.outcomes().values().stream().mapToInt(count -> count).sum())
        .isEqualTo(summary.units());
    blocked.countDown();
    run(options -> options, new Told());
    assertThat(Bodies.take()).as("nothing was lost").isEmpty();

    hidden = -1;
    Told told = new Told();
    RunSummary failed =
        run(
            options -> options.withCache(CacheMode.OFF).withAudit(Audit.NONE.withTwice(true)),
            told);
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(told.reports).isEmpty();
    assertThat(told.warnings)
        .contains("AUDIT nothing was executed again: the run did not come to its end");
  }

  @Test
  void audit_withResumeMemoAndRetries_comparesWhatTheCacheGave() throws Exception {
    Pipeline mixed =
        Pipeline.define(
            "m",
            p -> {
              var one = p.step("one", task(AuditTest::price).memo(), p.value(1));
              p.step("same", task(AuditTest::price).memo(), p.value(1));
              p.step("retried", task(AuditTest::price).retry(RetryPolicy.attempts(3)), p.value(2));
              p.result("sum", p.step("sum", task(AuditTest::one), one));
            });
    Told first = new Told();
    submit(mixed, options -> options.withAudit(Audit.of(1).withTwice(true)), first).await();
    assertThat(first.report().executedAgain()).as("not the memo's").isEqualTo(3);
    assertThat(first.report().equal()).isEqualTo(3);
    Told resumed = new Told();
    submit(mixed, options -> options.withResume("latest").withAudit(Audit.of(1)), resumed).await();
    assertThat(resumed.report().reused()).as("taken from the run, not the cache").isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  static int one(Price price) {
    return 1;
  }

  @Test
  void audit_typed_isShownInTextJsonAndLaterAndBadValuesAreRefused() throws Exception {
    CliLab lab = new CliLab(folder).with("prices", AuditTest::prices);
    lab.run("run", "prices", "-p", "count=10");
    for (String mode : List.of("off", "write", "refresh")) {
      Ran none = lab.run("run", "prices", "--audit", "25%", "--cache=" + mode);
      assertThat(none.exit()).isEqualTo(2);
      assertThat(none.err()).contains("compares what was reused, and with --cache=" + mode);
    }
    Ran plan = lab.run("plan", "prices", "--audit", "25%");
    assertThat(plan.exit()).isEqualTo(2);
    assertThat(plan.err()).contains("a plan runs nothing");
    Ran good = lab.run("run", "prices", "--audit", "25%", "--audit-seed", "x");
    assertThat(good.exit()).isZero();
    lab.run("run", "prices", "-p", "count=10");
    Ran equal = lab.run("run", "prices", "-p", "count=10", "--audit", "25%", "--audit-seed", "x");
    assertThat(equal.out())
        .contains(
            "audit",
            "3 of 12 that were reused (25%, seed x) ran again: 3 equal, 0 differ, 0 not compared");
    assertThat(lab.run("runs", "show").out()).contains("\naudit: 3 of 12 that were reused");
    hidden = 5;
    Ran differing =
        lab.run(
            "run",
            "prices",
            "-p",
            "count=10",
            "--audit=100%",
            "--fail-on-difference",
            "--console=json");
    assertThat(differing.exit()).isEqualTo(6);
    assertThat(differing.out())
        .contains("\"event\":\"audit\"", "\"reused_again\":12", "\"differing\":1", "\"equal\":11")
        .contains("first difference: .days[1] is 0 before, 5 now");
    assertThat(lab.run("runs", "show").out()).contains("'price:3' does not give the same twice");
    String key = differing.out().replaceFirst("(?s).*cache evict --key ([0-9a-f]{16}).*", "$1");
    assertThat(lab.run("cache", "evict", "--key", key).exit()).isZero();
    Bodies.take();
    lab.run("run", "prices", "-p", "count=10");
    assertThat(Bodies.take()).as("what the message offers").contains("price 3").hasSize(2);
    Ran twice = lab.run("run", "prices", "-p", "count=10", "--rerun=sum", "--check-determinism");
    assertThat(twice.out()).contains("1 that had run ran again: 1 equal");

    for (Map.Entry<String, String> bad :
        Map.of(
                "--audit=5", "a share is written as 5%",
                "--audit=0%", "above 0% and at most 100%",
                "--audit=101%", "above 0% and at most 100%",
                "--audit=x%", "a share is written as 5%",
                "--audit-seed=x", "--audit-seed chooses for --audit",
                "--fail-on-difference", "needs --audit or --check-determinism")
            .entrySet()) {
      Ran refused = lab.run("run", "prices", bad.getKey());
      assertThat(refused.exit()).as(bad.getKey()).isEqualTo(2);
      assertThat(refused.err()).contains(bad.getValue());
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Audit.of(1.5));
    assertThatIllegalArgumentException().isThrownBy(() -> Audit.of(-0.1));
    assertThatIllegalArgumentException().isThrownBy(() -> Audit.of(Double.NaN));
  }

  @Test
  void audit_fileThatChangedSince_isNotBlamedOnTheTask() throws Exception {
    Path file = Files.writeString(folder.resolve("a.txt"), "one");
    Pipeline files =
        Pipeline.define(
            "f", p -> p.result("n", p.step("n", task(AuditTest::read), p.file("a", file))));
    submit(files, options -> options, new Told()).await();
    hidden = 1;
    Told told = new Told();
    submit(files, options -> options.withAudit(Audit.of(1)), told).await();
    assertThat(told.report().differing()).isZero();
    assertThat(told.report().notCompared()).isEqualTo(1);
  }

  static String read(Path file) throws Exception {
    String text = Files.readString(file);
    if (hidden == 1) {
      Files.writeString(file, text + " and more");
      return text + "!";
    }
    return text;
  }

  static String large(int any) {
    return ("" + hidden).repeat(200_000);
  }

  @Test
  void audit_ofLargeResults_leavesNothingInTheStore() throws Exception {
    Pipeline large =
        Pipeline.define("l", p -> p.result("l", p.step("l", task(AuditTest::large), p.value(1))));
    submit(large, options -> options, new Told()).await();
    List<Path> before = files();
    for (int other : List.of(0, 1)) {
      hidden = other;
      Told told = new Told();
      submit(large, options -> options.withAudit(Audit.of(1)), told).await();
      assertThat(told.report().differing()).isEqualTo(other);
      assertThat(files()).isEqualTo(before);
    }
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.walk(reprise.home().resolve("store"))) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void audit_ofANestedPipelineKeptAsAWhole_saysWhatCannotBeExecutedWithoutItsInputs()
      throws Exception {
    Pipeline nested =
        Pipeline.define(
            "n",
            p -> {
              Value<Integer> sum =
                  p.nested(
                      "part",
                      in -> {
                        in.keptWhole();
                        var numbers = in.fanOut("numbers", task(AuditTest::numbers), in.value(3));
                        var prices = in.perPartition("price", task(AuditTest::price), numbers);
                        return in.step("sum", task(AuditTest::sum), prices.all());
                      });
              p.result("sum", sum);
            });
    submit(nested, options -> options, new Told()).await();
    Told told = new Told();
    RunSummary summary = submit(nested, options -> options.withAudit(Audit.of(1)), told).await();
    assertThat(summary.exitCode()).as(summary.message()).isZero();
    assertThat(told.report().reused()).isEqualTo(1);
    assertThat(told.report().notCompared()).isEqualTo(1);
    assertThat(told.warnings.get(0)).contains("'part.sum' was not compared: ");
  }
}
