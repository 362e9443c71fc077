package dev.reprise.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.task.Functions.F1;
import dev.reprise.task.Receipt;
import dev.reprise.task.Resources;
import dev.reprise.task.Task;
import dev.reprise.task.Tasks;
import dev.reprise.worker.Worker;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResolvedTaskTest {
  record Flight(String origin, int delay) {}

  record Summary(Map<String, List<Flight>> byOrigin) {}

  sealed interface Shape2 permits Circle {}

  record Circle(int radius) implements Shape2 {}

  record Scale(int by) implements Serializable {
    int times(int value) {
      return by * value;
    }
  }

  static Summary summarize(List<Flight> flights, int lateMinutes) {
    return new Summary(Map.of("ORD", flights.subList(0, lateMinutes)));
  }

  static int plusOne(int value) {
    return value + 1;
  }

  static void print(String text) {}

  @Test
  void of_staticMethod_namesMethodParametersAndTypes() {
    ResolvedTask task = resolve(Tasks.task(ResolvedTaskTest::summarize));

    assertThat(task.code().method())
        .isEqualTo(
            new MethodRef(
                ResolvedTaskTest.class.getName(),
                "summarize",
                "(Ljava/util/List;I)L" + Summary.class.getName().replace('.', '/') + ";"));
    assertThat(task.code().kind()).isEqualTo(Kind.STATIC);
    assertThat(task.parameters()).containsExactly("flights", "lateMinutes");
    assertThat(task.code().registered()).contains(Flight.class.getName(), Summary.class.getName());
    assertThat(task.captured()).isEmpty();
  }

  @Test
  @Shows("Fault 59")
  void of_lambdaThatCaptures_valuesGoInFrontEncoded() throws Exception {
    int by = 3;
    String unit = "min";
    ResolvedTask task = resolve(Tasks.<Integer, String>task(value -> by * value + unit));

    assertThat(task.captured()).extracting(ResolvedTask.Captured::value).containsExactly(3, "min");
    assertThat(task.captured()).allMatch(captured -> captured.passed().liveBecause() == null);
    assertThat(call(task, 14)).isEqualTo("42min");
  }

  @Test
  void of_boundReceiver_isTheFirstCapturedValue() throws Exception {
    ResolvedTask task = resolve(Tasks.<Integer, Integer>task(new Scale(3)::times));

    assertThat(task.code().kind()).isEqualTo(Kind.VIRTUAL);
    assertThat(task.captured())
        .singleElement()
        .satisfies(
            captured -> {
              assertThat(captured.name()).isEqualTo("this");
              assertThat(captured.value()).isEqualTo(new Scale(3));
            });
    assertThat(task.parameters()).containsExactly("value");
    assertThat(call(task, 14)).isEqualTo(42);
  }

  @Test
  void of_unboundReceiverOfTheJdk_isTheFirstArgument() throws Exception {
    assertThat(call(resolve(Tasks.task(String::length)), "four")).isEqualTo(4);
  }

  @Test
  void of_constructor_isCalled() throws Exception {
    ResolvedTask task = resolve(Tasks.task(Scale::new));

    assertThat(task.code().kind()).isEqualTo(Kind.CONSTRUCTOR);
    assertThat(call(task, 5)).isEqualTo(new Scale(5));
  }

  @Test
  void of_objectOfAClass_runsItsMethodOnIt() throws Exception {
    ResolvedTask task = resolve(Tasks.task(new Doubler(2)));

    assertThat(call(task, 21)).isEqualTo(42);
  }

  record Doubler(int factor) implements F1<Integer, Integer> {
    @Override
    public Integer apply(Integer value) {
      return factor * value;
    }
  }

  @Test
  void of_effect_resultIsAReceipt() throws Exception {
    assertThat(call(resolve(Tasks.action(ResolvedTaskTest::print)), "x")).isEqualTo(Receipt.DONE);
  }

  @Test
  @Shows("Fault 58")
  void of_capturedValueThatCannotBeEncoded_isLiveWithClassAndField() throws Exception {
    Holder holder = new Holder("h", Thread.currentThread());
    ResolvedTask task = resolve(Tasks.<Integer, String>task(value -> holder.name() + value));

    ResolvedTask.Captured captured = task.captured().get(0);
    assertThat(captured.passed().argument()).isInstanceOf(Argument.Live.class);
    assertThat(captured.passed().liveBecause()).contains("java.lang.Thread").contains("owner");
    assertThat(call(task, 1)).isEqualTo("h1");
  }

  record Holder(String name, Thread owner) {}

  @Test
  void pass_path_staysAPath() {
    ResolvedTask.Passed passed = resolve(Tasks.task(String::length)).pass(Path.of("data"));

    assertThat(passed.argument()).isEqualTo(new Argument.Live(Path.of("data")));
    assertThat(passed.liveBecause()).contains("declare the file as an input");
  }

  @Test
  void pass_valueOfTheDeclaredTypes_isEncoded() {
    ResolvedTask task = resolve(Tasks.task(ResolvedTaskTest::summarize));

    assertThat(task.pass(List.of(new Flight("ORD", 3))).liveBecause()).isNull();
    assertThat(task.pass(null).liveBecause()).isNull();
    assertThat(task.pass(new Circle(1)).liveBecause()).contains("Circle");
  }

  @Test
  void of_registeredClasses_mayBeInValues() {
    ResolvedTask task = resolve(Tasks.task(ResolvedTaskTest::plusOne).register(Shape2.class));

    assertThat(task.pass(new Circle(1)).liveBecause()).isNull();
  }

  private static ResolvedTask resolve(Task<?, ?> task) {
    return ResolvedTask.of(task.spec(), Shape.ONE, 10_000, new SharedCodecs());
  }

  /** Runs the task as a worker would, with what the driver made of it. */
  private static @Nullable Object call(ResolvedTask task, @Nullable Object... values)
      throws Exception {
    InMemoryResultStore store = new InMemoryResultStore();
    List<Argument> arguments = new ArrayList<>();
    for (Object value : values) {
      arguments.add(task.pass(value).argument());
    }
    Worker worker =
        new Worker("w", store, ResolvedTaskTest.class.getClassLoader(), Ticker.system(), "here");
    Answers answers = new Answers(Duration.ZERO);
    worker.runAll(
        new WorkChunk(
            "r1", "step", task.code(), Resources.ONE_CPU, List.of(new UnitWork(1, "", arguments))),
        answers);
    AttemptResult result = answers.await(1);
    assertThat(result).isInstanceOf(Success.class);
    PartitionRef partition = ((Success) result).manifest().partitions().get(0);
    RegisteredTypes types =
        RegisteredTypes.named(task.code().registered(), ResolvedTaskTest.class.getClassLoader())
            .with(Receipt.class);
    return Codecs.of(types).decode(partition.codec(), store.read(partition.location()));
  }
}
