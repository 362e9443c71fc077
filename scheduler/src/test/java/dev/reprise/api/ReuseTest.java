package dev.reprise.api;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Columns;
import dev.reprise.cache.testing.Shows;
import dev.reprise.graph.PipelineException;
import dev.reprise.run.RunOptions;
import dev.reprise.task.Task1;
import dev.reprise.task.Tasks;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is executed again, and what is not, where reusing would be wrong or running a waste. */
class ReuseTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  // ---- code identified by hand ------------------------------------------------------------------

  @Test
  void manualVersion_twoLambdasOfOneClass_areRefusedUntilTheyHaveNames() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("one", task(() -> "one").manualVersion("1"));
              p.step("two", task(() -> "two").manualVersion("1"));
            });
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(pipeline))
        .withMessageStartingWith("step 'one': version '1' is all that its key has of its code")
        .withMessageContaining("named(");
  }

  @Test
  void manualVersion_namedLambdas_haveResultsOfTheirOwn() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.result("one", p.step("one", task(() -> "one").manualVersion("1").named("one")));
              p.result("two", p.step("two", task(() -> "two").manualVersion("1").named("two")));
            });
    assertThat(reprise.run(pipeline).executions()).isEqualTo(2);
    TestedRun again = reprise.run(pipeline);
    assertThat(again.executions()).isZero();
    assertThat(again.run().result("one", String.class)).isEqualTo("one");
    assertThat(again.run().result("two", String.class)).isEqualTo("two");
  }

  // ---- the order of rows ------------------------------------------------------------------------

  static ArrowTable sorted(boolean descending) {
    return ArrowTable.builder(Columns.schema(Columns.int32("x")))
        .row(descending ? 2 : 1)
        .row(descending ? 1 : 2)
        .build();
  }

  static int first(ArrowTable table) {
    return table.rows().iterator().next().get("x", Integer.class);
  }

  private static Pipeline firstRow(boolean descending, boolean orderMatters) {
    return Pipeline.define(
        "p",
        p -> {
          var sort = task(ReuseTest::sorted);
          var sorted =
              p.step("sort", orderMatters ? sort.rowOrderMatters() : sort, p.value(descending));
          p.result("first", p.step("first", task(ReuseTest::first), sorted));
        });
  }

  @Test
  void rowOrder_matters_anotherOrderRunsWhatTakesTheTable() throws Exception {
    assertThat(reprise.run(firstRow(false, true)).executions()).isEqualTo(2);
    assertThat(reprise.run(firstRow(false, true)).executions()).isZero();
    TestedRun turned = reprise.run(firstRow(true, true));
    assertThat(turned.executions("first")).isEqualTo(1);
    assertThat(turned.run().result("first", Integer.class)).isEqualTo(2);
  }

  @Test
  void rowOrder_doesNotMatter_anotherOrderLeavesWhatTakesTheTable() {
    assertThat(reprise.run(firstRow(false, false)).executions()).isEqualTo(2);
    TestedRun turned = reprise.run(firstRow(true, false));
    assertThat(turned.executions("sort")).isEqualTo(1);
    assertThat(turned.executions("first")).isZero();
  }

  @Test
  void rowOrder_askedForLater_isAnotherTask() {
    assertThat(reprise.run(firstRow(false, false)).executions()).isEqualTo(2);
    assertThat(reprise.run(firstRow(false, true)).executions()).isEqualTo(2);
  }

  // ---- results that are replaced ----------------------------------------------------------------

  private static final AtomicInteger COUNT = new AtomicInteger();

  static int count(String of) {
    return COUNT.incrementAndGet();
  }

  private static Pipeline counting(UnaryOperator<Task1<String, Integer>> how) {
    return Pipeline.define(
        "p", p -> p.result("n", p.step("n", how.apply(task(ReuseTest::count)), p.value("x"))));
  }

  @Test
  @Shows("Coflux 10")
  void rerun_contentDiffers_isWhatIsReusedFromThenOn() throws Exception {
    Pipeline pipeline = counting(task -> task);
    int first = reprise.run(pipeline).run().result("n", Integer.class);
    TestedRun again = reprise.run(pipeline, RunOptions.DEFAULT.withRerun(Set.of("n")));
    assertThat(again.run().result("n", Integer.class)).isEqualTo(first + 1);

    TestedRun next = reprise.run(pipeline);
    assertThat(next.executions()).isZero();
    assertThat(next.run().result("n", Integer.class)).isEqualTo(first + 1);
  }

  @Test
  void maxAge_resultIsTooOld_isMadeAnewAndReusedFromThenOn() throws Exception {
    int first = reprise.run(counting(task -> task)).run().result("n", Integer.class);
    Thread.sleep(20); // ages are in milliseconds
    TestedRun anew = reprise.run(counting(task -> task.maxAge(Duration.ofMillis(5))));
    assertThat(anew.reason("n", "")).startsWith("EXPIRED");
    assertThat(anew.run().result("n", Integer.class)).isEqualTo(first + 1);

    TestedRun next = reprise.run(counting(task -> task));
    assertThat(next.executions()).isZero();
    assertThat(next.run().result("n", Integer.class)).isEqualTo(first + 1);
  }

  // ---- classes that a task does not name --------------------------------------------------------

  record Circle(int radius) {}

  static Circle circle(int radius) {
    return new Circle(radius);
  }

  static String describe(Object shape) {
    return shape.toString();
  }

  private static Pipeline shapes(Task1<Object, String> describe) {
    return Pipeline.define(
        "p",
        p ->
            p.result(
                "text",
                p.step("text", describe, p.step("circle", task(ReuseTest::circle), p.value(1)))));
  }

  @Test
  void resultOfAClassThatItsConsumerDoesNotName_consumerFailsAndTheResultStays() throws Exception {
    Task1<Object, String> describe = Tasks.<Object, String>task(ReuseTest::describe);
    TestedRun first = reprise.run(shapes(describe));
    assertThat(first.executions("circle")).isEqualTo(1);
    assertThat(first.message())
        .contains("'text' failed")
        .contains("add register(dev.reprise.api.ReuseTest.Circle.class) to the task that takes it");

    TestedRun registered = reprise.run(shapes(describe.register(Circle.class)));
    assertThat(registered.executions("circle")).isZero();
    assertThat(registered.run().result("text", String.class)).isEqualTo("Circle[radius=1]");
  }

  // ---- values that change -----------------------------------------------------------------------

  private static final List<CountDownLatch> GATES = new CopyOnWriteArrayList<>();

  static String gate(int number) throws InterruptedException {
    GATES.get(number).await();
    return "";
  }

  static int retries(String gate, Map<String, Integer> config) {
    return config.get("retries");
  }

  /** A pipeline whose second step waits for the gate of the first. */
  private static Pipeline gated(int gate, Map<String, Integer> config) {
    return Pipeline.define(
        "p",
        p -> {
          var opened = p.step("gate", task(ReuseTest::gate).uncached(), p.value(gate));
          p.result("it", p.step("it", task(ReuseTest::retries), opened, p.value(config)));
        });
  }

  private static int newGate() {
    GATES.add(new CountDownLatch(1));
    return GATES.size() - 1;
  }

  @Test
  void constant_changedAfterSubmit_isWhatItWas() throws Exception {
    int gate = newGate();
    Map<String, Integer> config = new HashMap<>(Map.of("retries", 1));
    Run run = reprise.driver().submit(gated(gate, config));
    config.put("retries", 2);
    GATES.get(gate).countDown();
    run.await();
    assertThat(run.result("it", Integer.class)).isEqualTo(1);

    TestedRun same = reprise.run(gated(gate, new HashMap<>(Map.of("retries", 1))));
    assertThat(same.executions("it")).isZero();
    TestedRun other = reprise.run(gated(gate, config));
    assertThat(other.executions("it")).isEqualTo(1);
    assertThat(other.run().result("it", Integer.class)).isEqualTo(2);
  }

  /** Nobody registers it, so it goes to user code as it is. */
  record Unregistered(int[] retries) {}

  static int retriesOf(String gate, Object box) {
    return ((Unregistered) box).retries()[0];
  }

  private static Pipeline gatedLive(int gate, Unregistered box) {
    return Pipeline.define(
        "p",
        p -> {
          var opened = p.step("gate", task(ReuseTest::gate).uncached(), p.value(gate));
          Value<Object> value = p.value(box);
          p.result("it", p.step("it", local(ReuseTest::retriesOf).named("it"), opened, value));
        });
  }

  @Test
  void constant_thatCannotBeEncodedChangedDuringTheRun_resultIsNotKept() throws Exception {
    int gate = newGate();
    Unregistered box = new Unregistered(new int[] {1});
    Run run = reprise.driver().submit(gatedLive(gate, box));
    box.retries()[0] = 2;
    GATES.get(gate).countDown();
    run.await();
    assertThat(run.result("it", Integer.class)).isEqualTo(2);

    TestedRun before = reprise.run(gatedLive(gate, new Unregistered(new int[] {1})));
    assertThat(before.executions("it")).isEqualTo(1);
    assertThat(before.run().result("it", Integer.class)).isEqualTo(1);
    assertThat(reprise.run(gatedLive(gate, new Unregistered(new int[] {1}))).executions("it"))
        .isZero();
  }

  // ---- values with an order of their own --------------------------------------------------------

  static String names(Map<String, Integer> columns) {
    return String.join(",", columns.keySet());
  }

  private static Pipeline columns(Map<String, Integer> columns) {
    return Pipeline.define(
        "p", p -> p.result("names", p.step("names", task(ReuseTest::names), p.value(columns))));
  }

  @Test
  void constant_mapWithAnOrderInAnotherOrder_runsAgain() throws Exception {
    Map<String, Integer> forth = new LinkedHashMap<>();
    forth.put("a", 1);
    forth.put("b", 2);
    Map<String, Integer> back = new LinkedHashMap<>();
    back.put("b", 2);
    back.put("a", 1);
    assertThat(reprise.run(columns(forth)).executions()).isEqualTo(1);
    TestedRun turned = reprise.run(columns(back));
    assertThat(turned.executions()).isEqualTo(1);
    assertThat(turned.run().result("names", String.class)).isEqualTo("b,a");
    assertThat(reprise.run(columns(forth)).executions()).isZero();
  }

  /** A map with more than its entries. */
  static final class Config extends HashMap<String, Integer> {
    private static final long serialVersionUID = 1L;
    int retries = 3;
  }

  @Test
  void constant_collectionOfTheUsersOwn_runsUncachedAndSaysWhy() {
    Config config = new Config();
    config.put("a", 1);
    assertThat(reprise.run(columns(config)).executions()).isEqualTo(1);
    TestedRun again = reprise.run(columns(config));
    assertThat(again.executions()).isEqualTo(1);
    assertThat(again.reason("names", ""))
        .startsWith("KEY_UNAVAILABLE(columns: " + Config.class.getName())
        .contains("is no collection of the JDK's");
  }

  /** A class of the user's that is no value: it has no canonical form. */
  static final class Rates {
    int euro;
    long loadedAt;

    static Rates of(int euro, long loadedAt) {
      Rates rates = new Rates();
      rates.euro = euro;
      rates.loadedAt = loadedAt;
      return rates;
    }
  }

  static int convert(Rates rates) {
    return 10 * rates.euro;
  }

  private static void takeRates(Pipeline.Builder p, Rates rates) {
    p.result("sum", p.step("convert", task(ReuseTest::convert), p.value(rates)));
  }

  private static Pipeline hashed(Rates rates) {
    return Pipeline.define(
        "p",
        p -> {
          p.hashText(Rates.class, each -> "euro=" + each.euro);
          takeRates(p, rates);
        });
  }

  /** DESIGN §4: a user-supplied hash function for a type is honoured. */
  @Test
  void hashText_valueWithoutCanonicalForm_isReusedByWhatTheFunctionSays() throws Exception {
    Pipeline plain = Pipeline.define("p", p -> takeRates(p, Rates.of(2, 1)));
    reprise.run(plain);
    assertThat(reprise.run(plain).reason("convert", "")).startsWith("KEY_UNAVAILABLE(rates: ");

    assertThat(reprise.run(hashed(Rates.of(2, 1))).executions()).isEqualTo(1);
    assertThat(reprise.run(hashed(Rates.of(2, 99))).executions()).isZero();
    TestedRun other = reprise.run(hashed(Rates.of(3, 1)));
    assertThat(other.executions()).isEqualTo(1);
    assertThat(other.run().result("sum", Integer.class)).isEqualTo(30);
  }

  @Test
  void hashText_functionFails_runsUncachedAndSaysWhy() {
    Pipeline failing =
        Pipeline.define(
            "p",
            p -> {
              p.hashText(
                  Rates.class,
                  rates -> {
                    throw new IllegalStateException("no rates");
                  });
              takeRates(p, Rates.of(2, 1));
            });
    reprise.run(failing);

    assertThat(reprise.run(failing).reason("convert", ""))
        .startsWith("KEY_UNAVAILABLE(rates: ")
        .contains("the hash function for " + Rates.class.getName() + " failed: ")
        .contains("no rates");
  }

  @Test
  void hashBytes_typeHasAFunctionAlready_isRefused() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      p.hashText(Rates.class, rates -> "");
                      p.nested(
                          "part",
                          part -> {
                            part.hashBytes(Rates.class, rates -> new byte[0]);
                            return 0;
                          });
                    }))
        .withMessage(
            "in pipeline 'p' there are two hash functions for %s; keep one of them"
                .formatted(Rates.class.getName()));
  }

  // ---- paths of source files --------------------------------------------------------------------

  @TempDir Path data;

  static String month(Path file) throws IOException {
    return file.getParent().getFileName() + ":" + Files.readString(file);
  }

  private Pipeline months(boolean ignorePaths) {
    return Pipeline.define(
        "p",
        p -> {
          var files = p.files("months", data, "month=*/*.txt");
          var month = task(ReuseTest::month);
          p.result(
              "months",
              p.perPartition("month", ignorePaths ? month.ignoringPaths() : month, files));
        });
  }

  private void write(String name, String text) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void files_swappedBetweenFolders_runAgain() throws Exception {
    write("month=1/a.txt", "x");
    write("month=2/a.txt", "y");
    assertThat(reprise.run(months(false)).executions()).isEqualTo(2);
    assertThat(reprise.run(months(false)).executions()).isZero();
    write("month=1/a.txt", "y");
    write("month=2/a.txt", "x");
    TestedRun swapped = reprise.run(months(false));
    assertThat(swapped.executions()).isEqualTo(2);
    assertThat((Object) swapped.run().result("months", List.class))
        .isEqualTo(List.of("month=1:y", "month=2:x"));
  }

  @Test
  void files_secondFileInOneFolder_runsItAlone() throws Exception {
    write("month=1/a.txt", "x");
    write("month=2/a.txt", "y");
    reprise.run(months(false));
    write("month=2/b.txt", "z");
    assertThat(reprise.run(months(false)).executions()).isEqualTo(1);
  }

  @Test
  void files_pathsIgnored_movedFileIsTheSame() throws Exception {
    write("month=1/a.txt", "x");
    write("month=2/a.txt", "y");
    assertThat(reprise.run(months(true)).executions()).isEqualTo(2);
    Files.createDirectories(data.resolve("month=3"));
    Files.move(data.resolve("month=1/a.txt"), data.resolve("month=3/a.txt"));
    assertThat(reprise.run(months(true)).executions()).isZero();
  }
}
