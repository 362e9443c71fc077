package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.graph.Edge.All;
import dev.reprise.graph.Edge.Constant;
import dev.reprise.graph.Edge.Each;
import dev.reprise.graph.Edge.Gather;
import dev.reprise.graph.Edge.Labelled;
import dev.reprise.graph.Edge.Part;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.Tasks;
import dev.reprise.testing.FakeResolver;
import dev.reprise.testing.FakeValues;
import dev.reprise.testing.GraphMaker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyDeriverTest {
  private static final TaskSpec TASK = Tasks.task(() -> "").named("join").ignoringPaths().spec();
  private static final TaskSpec BY_PATH = Tasks.task(() -> "").named("join").spec();

  @Test
  void derive_sameContentsOverOtherEdges_isOneKey() {
    Bench one = new Bench(maker -> maker.step("x", TASK, new Whole(maker.step("a"))));
    Bench other =
        new Bench(
            maker -> {
              int files = maker.files("f", "p", "q");
              return maker.step("y", TASK, new Part(files, 1));
            });
    one.content("a", 0, "same");
    other.content("f", 0, "whatever");
    other.content("f", 1, "same");
    assertThat(one.key(0)).isEqualTo(other.key(0));
  }

  @Test
  void derive_contentOfAnInputChanged_isAnotherKey() {
    Bench bench = new Bench(maker -> maker.step("x", TASK, new Whole(maker.step("a"))));
    bench.content("a", 0, "one");
    Fingerprint before = bench.key(0);
    bench.content("a", 0, "two");
    assertThat(bench.key(0)).isNotEqualTo(before);
  }

  @Test
  void derive_argumentsSwapped_isAnotherKey() {
    Function<Boolean, Fingerprint> key =
        swapped -> {
          Bench bench =
              new Bench(
                  maker -> {
                    int a = maker.step("a");
                    int b = maker.step("b");
                    return maker.step(
                        "x", TASK, new Whole(swapped ? b : a), new Whole(swapped ? a : b));
                  });
          bench.content("a", 0, "one");
          bench.content("b", 0, "two");
          return bench.key(0);
        };
    assertThat(key.apply(true)).isNotEqualTo(key.apply(false));
  }

  @Test
  void derive_constantAndInputSwapped_isAnotherKey() {
    Bench first =
        new Bench(maker -> maker.step("x", TASK, new Whole(maker.step("a")), new Constant("", 1)));
    Bench second =
        new Bench(maker -> maker.step("x", TASK, new Constant("", 1), new Whole(maker.step("a"))));
    first.content("a", 0, "one");
    second.content("a", 0, "one");
    assertThat(first.key(0)).isNotEqualTo(second.key(0));
  }

  @Test
  void derive_eachPartition_hasTheKeyOfItsContent() {
    Bench bench =
        new Bench(maker -> maker.each("x", TASK, new Each(maker.files("f", "p", "q", "r"))));
    bench.content("f", 0, "same");
    bench.content("f", 1, "other");
    bench.content("f", 2, "same");
    assertThat(bench.key(0)).isEqualTo(bench.key(2)).isNotEqualTo(bench.key(1));
  }

  @Test
  void derive_allPartitions_equalsAGatherOfAllAndATreeOfAll() {
    Bench all = new Bench(maker -> maker.step("x", BY_PATH, new All(maker.files("f", "p", "q"))));
    Gather everything = new Gather(0, (i, n) -> IntStream.range(0, n).toArray());
    Bench gather =
        new Bench(
            maker -> {
              maker.files("f", "p", "q");
              return maker.each("x", BY_PATH, everything);
            });
    Bench tree = new Bench(maker -> maker.combine("join", 2, maker.files("f", "p", "q")));
    for (Bench bench : List.of(all, gather, tree)) {
      bench.content("f", 0, "one");
      bench.content("f", 1, "two");
    }
    assertThat(gather.key(0)).isEqualTo(all.key(0));
    assertThat(tree.key(0)).isEqualTo(all.key(0));
  }

  @Test
  void derive_listsOfOtherOrderOrLength_areOtherKeys() {
    List<Fingerprint> keys = new ArrayList<>();
    for (List<String> contents :
        List.of(
            List.<String>of(),
            List.of("a"),
            List.of("a", "a"),
            List.of("a", "b"),
            List.of("b", "a"),
            List.of("ab"))) {
      Bench bench = new Bench(maker -> maker.step("x", TASK, new All(maker.fanOut("f"))));
      bench.sized("f", contents.size());
      for (int i = 0; i < contents.size(); i++) {
        bench.content("f[]", i, contents.get(i));
      }
      keys.add(bench.key(0));
    }
    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void derive_oneListOrTwo_areOtherKeys() {
    Bench first = lists(new int[] {0, 1}, new int[] {2});
    Bench second = lists(new int[] {0}, new int[] {1, 2});
    assertThat(first.key(0)).isNotEqualTo(second.key(0));
  }

  private static Bench lists(int[] one, int[] two) {
    Bench bench =
        new Bench(
            maker -> {
              int files = maker.files("f", "p", "q", "r");
              return maker.each(
                  "x", TASK, new Gather(files, (i, n) -> one), new Gather(files, (i, n) -> two));
            });
    IntStream.range(0, 3).forEach(i -> bench.content("f", i, "content " + i));
    return bench;
  }

  @Test
  void derive_labelled_differsFromAListAndByItsLabels() {
    Function<String, Fingerprint> labelled =
        label -> {
          Bench bench =
              new Bench(maker -> maker.step("x", TASK, new Labelled(maker.files("f", label))));
          bench.content("f", 0, "same");
          return bench.key(0);
        };
    Bench list = new Bench(maker -> maker.step("x", TASK, new All(maker.files("f", "p"))));
    list.content("f", 0, "same");
    assertThat(List.of(labelled.apply("p"), labelled.apply("q"), list.key(0)))
        .doesNotHaveDuplicates();
  }

  @Test
  void derive_filesOfASource_enterWithTheirPathsUnlessTheTaskIgnoresThem() {
    List<BiFunction<TaskSpec, String, Function<GraphMaker, Integer>>> ways =
        List.of(
            (task, label) -> maker -> maker.each("x", task, new Each(maker.files("f", label))),
            (task, label) -> maker -> maker.step("x", task, new Part(maker.files("f", label), 0)),
            (task, label) -> maker -> maker.step("x", task, new All(maker.files("f", label))),
            (task, label) ->
                maker ->
                    maker.each(
                        "x", task, new Gather(maker.files("f", label), (i, n) -> new int[] {0})));
    for (var way : ways) {
      assertThat(keyOfFile(way.apply(BY_PATH, "month=1")))
          .isEqualTo(keyOfFile(way.apply(BY_PATH, "month=1")))
          .isNotEqualTo(keyOfFile(way.apply(BY_PATH, "month=2")));
      assertThat(keyOfFile(way.apply(TASK, "month=1")))
          .isEqualTo(keyOfFile(way.apply(TASK, "month=2")));
    }
  }

  private static Fingerprint keyOfFile(Function<GraphMaker, Integer> graph) {
    Bench bench = new Bench(graph);
    bench.content("f", 0, "same");
    return bench.key(0);
  }

  @Test
  void derive_treeOfUnits_eachHasTheKeyOfWhatItCombines() {
    Bench bench = new Bench(maker -> maker.combine("join", 2, maker.files("f", "p", "q", "r")));
    IntStream.range(0, 3).forEach(i -> bench.content("f", i, "content " + i));
    bench.content("join", 0, "left");
    bench.content("join", 1, "right");
    Fingerprint left = bench.key(0);
    Fingerprint right = bench.key(1);
    Fingerprint root = bench.key(2);
    bench.content("f", 2, "changed");
    assertThat(bench.key(0)).isEqualTo(left);
    assertThat(bench.key(1)).isNotEqualTo(right);
    assertThat(bench.key(2)).isEqualTo(root);
    bench.content("join", 1, "changed");
    assertThat(bench.key(2)).isNotEqualTo(root);
  }

  @Test
  void derive_takesTheRootOfACombine_hasTheKeyOfTheLastUnit() {
    Bench bench =
        new Bench(
            maker ->
                maker.step(
                    "x",
                    TASK,
                    new Whole(maker.combine("sum", 2, maker.files("f", "p", "q", "r")))));
    IntStream.range(0, 3).forEach(i -> bench.content("sum", i, "content " + i));
    Fingerprint before = bench.key(0);
    bench.content("sum", 0, "changed");
    assertThat(bench.key(0)).isEqualTo(before);
    bench.content("sum", 2, "changed");
    assertThat(bench.key(0)).isNotEqualTo(before);
  }

  @Test
  void digests_areThoseOfCapturesAndArgumentsInTheOrderOfTheParts() {
    Bench bench =
        new Bench(
            maker -> maker.step("x", TASK, new Whole(maker.step("a")), new Constant("late", 15)));
    bench.resolver.captured.put("join", List.of(new TaskResolver.Captured("limit", 7)));
    bench.content("a", 0, "one");
    assertThat(bench.deriver.digests(bench.unit(0), bench.keys.of(bench.step)))
        .containsExactly(FakeValues.of(7), content("one"), FakeValues.of(15));
  }

  @SeededTest
  void forget_nodeWhoseContentsChanged_givesTheKeysOfAFreshStart(Random random) {
    int count = 1 + random.nextInt(5);
    String[] labels = IntStream.range(0, count).mapToObj(i -> "l" + i).toArray(String[]::new);
    Function<GraphMaker, Integer> graph =
        maker -> {
          int files = maker.files("f", labels);
          return maker.each("x", TASK, new Each(files), new All(files), new Labelled(files));
        };
    Bench bench = new Bench(graph);
    String[] contents = new String[count];
    for (int change = 0; change < 10; change++) {
      int place = change == 0 ? -1 : random.nextInt(count);
      for (int i = 0; i < count; i++) {
        if (change == 0 || i == place) {
          contents[i] = "c" + random.nextInt(3);
          bench.content("f", i, contents[i]);
        }
      }
      Bench fresh = new Bench(graph);
      for (int i = 0; i < count; i++) {
        fresh.content("f", i, contents[i]);
      }
      for (int i = 0; i < count; i++) {
        assertThat(bench.key(i)).as(Arrays.toString(contents)).isEqualTo(fresh.key(i));
      }
    }
  }

  private static Fingerprint content(String of) {
    return Hasher.of("content").putString(of).finish();
  }

  /** A graph whose contents are set by hand. */
  private static final class Bench {
    final FakeResolver resolver = new FakeResolver();
    final StepKeys keys;
    final UnitTable units;
    final Propagation propagation;
    final KeyDeriver deriver;
    final int step;

    Bench(Function<GraphMaker, Integer> make) {
      GraphMaker maker = new GraphMaker();
      step = make.apply(maker);
      TaskGraph graph = maker.build();
      keys = new StepKeys(graph, resolver, new FakeValues(), node -> new TreeMap<>());
      units = new UnitTable(graph);
      propagation = new Propagation(units);
      deriver = new KeyDeriver(units, propagation, propagation::complete);
      propagation.start();
    }

    void content(String node, int partition, String content) {
      int id = units.graph().find(node).orElseThrow().id();
      units.content(units.first(id) + partition, KeyDeriverTest.content(content));
      deriver.forget(id);
    }

    void sized(String fanOut, int elements) {
      propagation.size(units.graph().find(fanOut + "[]").orElseThrow().id(), elements);
    }

    int unit(int partition) {
      return units.first(step) + partition;
    }

    Fingerprint key(int partition) {
      deriver.derive(unit(partition), keys.of(step));
      assertThat(units.keyed(unit(partition))).isTrue();
      return units.key(unit(partition));
    }
  }
}
