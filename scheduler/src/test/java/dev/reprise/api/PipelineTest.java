package dev.reprise.api;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.All;
import dev.reprise.graph.Edge.Constant;
import dev.reprise.graph.Edge.Each;
import dev.reprise.graph.Edge.Gather;
import dev.reprise.graph.Edge.Labelled;
import dev.reprise.graph.Edge.Part;
import dev.reprise.graph.Edge.Tree;
import dev.reprise.graph.Edge.Whole;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineTest {
  // ---- steps of every arity ---------------------------------------------------------------------

  @Test
  void define_engineIsNotOnTheClassPath_isRefusedWithTheClass() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "spark",
                    p -> {
                      throw new NoClassDefFoundError("org/apache/spark/sql/SparkSession");
                    }))
        .withMessageContaining("needs class org.apache.spark.sql.SparkSession")
        .withMessageContaining("add the jars");
  }

  @Test
  void step_ofEveryArity_takesItsArgumentsInOrder() {
    TaskGraph graph =
        graph(
            p -> {
              Value<String> s = p.step("s0", task(PipelineTest::f0));
              Value<Integer> c = p.value(7);
              p.step("s1", task(PipelineTest::f1), s);
              p.step("s2", task(PipelineTest::f2), s, c);
              p.step("s3", task(PipelineTest::f3), s, c, s);
              p.step("s4", task(PipelineTest::f4), s, c, s, c);
              p.step("s5", task(PipelineTest::f5), s, c, s, c, s);
            });
    Edge s = new Whole(0);
    Edge c = new Constant("", 7);
    assertThat(node(graph, "s0").inputs()).isEmpty();
    assertThat(node(graph, "s1").inputs()).containsExactly(s);
    assertThat(node(graph, "s2").inputs()).containsExactly(s, c);
    assertThat(node(graph, "s3").inputs()).containsExactly(s, c, s);
    assertThat(node(graph, "s4").inputs()).containsExactly(s, c, s, c);
    assertThat(node(graph, "s5").inputs()).containsExactly(s, c, s, c, s);
    assertThat(graph.nodes())
        .allSatisfy(
            node -> {
              assertThat(node.kind()).isEqualTo(Kind.SINGLE);
              assertThat(node.step().arity()).isEqualTo(node.inputs().size());
            });
  }

  @Test
  void perPartition_ofEveryArity_takesPartitionsPlaceByPlaceAndValuesWhole() {
    TaskGraph graph =
        graph(
            p -> {
              Partitions<String> days = p.fanOut("days", task(PipelineTest::list0));
              Value<Integer> c = p.value(7);
              p.perPartition("s1", task(PipelineTest::f1), days);
              p.perPartition("s2", task(PipelineTest::f2), days, c);
              p.perPartition("s3", task(PipelineTest::f3), days, c, days);
              p.perPartition("s4", task(PipelineTest::f4), days, c, days, c);
              p.perPartition("s5", task(PipelineTest::f5), days, c, days, c, days);
            });
    Edge each = new Each(node(graph, "days[]").id());
    Edge c = new Constant("", 7);
    assertThat(node(graph, "s1").inputs()).containsExactly(each);
    assertThat(node(graph, "s2").inputs()).containsExactly(each, c);
    assertThat(node(graph, "s3").inputs()).containsExactly(each, c, each);
    assertThat(node(graph, "s4").inputs()).containsExactly(each, c, each, c);
    assertThat(node(graph, "s5").inputs()).containsExactly(each, c, each, c, each);
    assertThat(node(graph, "s5").kind()).isEqualTo(Kind.EACH);
  }

  @Test
  void fanOut_ofEveryArity_isAStepAndTheViewOfItsElements() {
    TaskGraph graph =
        graph(
            p -> {
              Value<String> s = p.value("s");
              p.fanOut("f0", task(PipelineTest::list0));
              p.fanOut("f1", task(PipelineTest::list1), s);
              p.fanOut("f2", task(PipelineTest::list2), s, s);
              p.fanOut("f3", task(PipelineTest::list3), s, s, s);
              p.fanOut("f4", task(PipelineTest::list4), s, s, s, s);
              p.fanOut("f5", task(PipelineTest::list5), s, s, s, s, s);
            });
    for (int arity = 0; arity <= 5; arity++) {
      Node step = node(graph, "f" + arity);
      Node view = node(graph, "f" + arity + "[]");
      assertThat(step.kind()).isEqualTo(Kind.FAN_OUT);
      assertThat(step.inputs()).hasSize(arity);
      assertThat(view.kind()).isEqualTo(Kind.ELEMENTS);
      assertThat(view.viewed()).isEqualTo(step.id());
    }
  }

  @Test
  void outputs_ofEveryArity_isAStepAndTheViewOfItsComponents() {
    TaskGraph graph =
        graph(
            p -> {
              Value<String> s = p.value("s");
              p.outputs("o0", Split.class, task(PipelineTest::split0));
              p.outputs("o1", Split.class, task(PipelineTest::split1), s);
              p.outputs("o2", Split.class, task(PipelineTest::split2), s, s);
              p.outputs("o3", Split.class, task(PipelineTest::split3), s, s, s);
              p.outputs("o4", Split.class, task(PipelineTest::split4), s, s, s, s);
              p.outputs("o5", Split.class, task(PipelineTest::split5), s, s, s, s, s);
            });
    for (int arity = 0; arity <= 5; arity++) {
      Node step = node(graph, "o" + arity);
      assertThat(step.inputs()).hasSize(arity);
      assertThat(step.step().registered()).containsExactly(Split.class);
      assertThat(node(graph, "o" + arity + "[]").parts()).containsExactly("good", "bad");
    }
  }

  @Test
  void action_ofAStep_hasAReceipt() {
    TaskGraph graph =
        graph(
            p -> {
              Value<Receipt> sent = p.step("send", action(PipelineTest::send), p.value("x"));
              p.step("after", task((Receipt receipt) -> "done"), sent);
            });
    assertThat(node(graph, "send").step().effect()).isTrue();
  }

  // ---- partitions -------------------------------------------------------------------------------

  @Test
  void partitions_allLabelledAndGathered_areTakenAsSuch() {
    Edge.Mapping mapping = (i, n) -> new int[] {i};
    TaskGraph graph =
        graph(
            p -> {
              Partitions<String> days = p.fanOut("days", task(PipelineTest::list0));
              p.step("all", task(PipelineTest::join), days.all());
              p.step("labelled", task((Map<String, String> all) -> ""), days.labelled());
              p.perPartition("near", task(PipelineTest::join), days.gather(mapping));
            });
    int days = node(graph, "days[]").id();
    assertThat(node(graph, "all").inputs()).containsExactly(new All(days));
    assertThat(node(graph, "labelled").inputs()).containsExactly(new Labelled(days));
    assertThat(node(graph, "near").inputs()).containsExactly(new Gather(days, mapping));
  }

  @Test
  void combine_partitions_isATreeOfThem() {
    TaskGraph graph =
        graph(
            p -> {
              Partitions<String> days = p.fanOut("days", task(PipelineTest::list0));
              p.step(
                  "report",
                  task(PipelineTest::f1),
                  p.combine("sum", 4, task(PipelineTest::join), days));
            });
    Node sum = node(graph, "sum");
    assertThat(sum.kind()).isEqualTo(Kind.COMBINE);
    assertThat(sum.fanIn()).isEqualTo(4);
    assertThat(sum.inputs()).containsExactly(new Tree(node(graph, "days[]").id()));
    assertThat(node(graph, "report").inputs()).containsExactly(new Whole(sum.id()));
  }

  @Test
  void combine_fewerThanTwoAtATime_isRefused() {
    assertRefused(
        p ->
            p.combine(
                "sum", 1, task(PipelineTest::join), p.fanOut("days", task(PipelineTest::list0))),
        "step 'sum' combines 1 at a time; use 2 or more");
  }

  @Test
  void gathered_takenOtherwiseThanByAStepPerPartition_isRefused() {
    String message =
        "gathered partitions can be taken by a step with perPartition(...) alone; start from the"
            + " step's own handle";
    assertRefused(p -> gathered(p).all(), message);
    assertRefused(p -> gathered(p).labelled(), message);
    assertRefused(p -> gathered(p).gather((i, n) -> new int[0]), message);
    assertRefused(p -> p.result("near", gathered(p)), message);
    assertRefused(
        p -> p.combine("sum", 2, task((List<List<String>> all) -> all.get(0)), gathered(p)),
        message);
  }

  private static Partitions<List<String>> gathered(Pipeline.Builder p) {
    return p.fanOut("days", task(PipelineTest::list0)).gather((i, n) -> new int[] {i});
  }

  // ---- several results --------------------------------------------------------------------------

  @Test
  void get_component_isThatPartition() {
    TaskGraph graph =
        graph(
            p -> {
              Outputs<Split> split = p.outputs("split", Split.class, task(PipelineTest::split0));
              Value<String> good = split.get("good", String.class);
              Value<Integer> bad = split.get("bad", Integer.class);
              Value<Integer> same = split.get("bad", int.class);
              p.step("report", task((String g, Integer b, Integer s) -> ""), good, bad, same);
            });
    int parts = node(graph, "split[]").id();
    assertThat(node(graph, "report").inputs())
        .containsExactly(new Part(parts, 0), new Part(parts, 1), new Part(parts, 1));
  }

  @Test
  void get_noSuchComponent_isRefusedWithTheNearest() {
    assertRefused(
        p -> p.outputs("split", Split.class, task(PipelineTest::split0)).get("god", String.class),
        "Split has no component 'god' (it has good, bad); did you mean 'good'?");
  }

  @Test
  void get_anotherType_isRefused() {
    assertRefused(
        p -> p.outputs("split", Split.class, task(PipelineTest::split0)).get("bad", String.class),
        "component 'bad' of Split is of type int, not String");
  }

  // ---- names and references ---------------------------------------------------------------------

  @Test
  void nested_steps_haveTheNameOfTheNestInFront() {
    TaskGraph graph =
        graph(
            p -> {
              Value<String> inner =
                  p.nested(
                      "load",
                      load -> {
                        Value<String> raw = load.step("raw", task(PipelineTest::f0));
                        return load.nested(
                            "tidy", t -> t.step("clean", task(PipelineTest::f1), raw));
                      });
              p.result("clean", inner);
              p.nested("other", other -> other.step("raw", task(PipelineTest::f0)));
            });
    assertThat(graph.nodes())
        .extracting(Node::name)
        .containsExactly("load.raw", "load.tidy.clean", "other.raw");
    assertThat(graph.results()).containsExactly(Map.entry("clean", new Whole(1)));
  }

  @Test
  void nested_badName_isRefused() {
    assertRefused(
        p -> p.nested("a/b", n -> n),
        "bad name of a nested pipeline: 'a/b'; use 1 to 200 letters, digits, '.', '_' and '-'");
  }

  @Test
  void nested_resultsOfTwoNests_areKeptApart() {
    TaskGraph graph =
        graph(
            p -> {
              for (String name : List.of("a", "b")) {
                p.nested(
                    name,
                    n -> {
                      n.result("out", n.step("step", task(PipelineTest::f0)));
                      return n;
                    });
              }
            });
    assertThat(graph.results().keySet()).containsExactly("a.out", "b.out");
  }

  @Test
  void ref_stepDeclaredLater_isThatStep() {
    TaskGraph graph =
        graph(
            p -> {
              p.step("report", task(PipelineTest::f1), p.ref("load.raw", String.class));
              p.perPartition("each", task(PipelineTest::f1), p.refPartitions("days", String.class));
              p.nested("load", load -> load.step("raw", task(PipelineTest::f0)));
              p.fanOut("days", task(PipelineTest::list0));
            });
    assertThat(node(graph, "report").inputs())
        .containsExactly(new Whole(node(graph, "load.raw").id()));
    assertThat(node(graph, "each").inputs()).containsExactly(new Each(node(graph, "days[]").id()));
  }

  @Test
  void result_partitions_isAllOfThem() {
    TaskGraph graph = graph(p -> p.result("days", p.fanOut("days", task(PipelineTest::list0))));
    assertThat(graph.results()).containsExactly(Map.entry("days", new All(1)));
  }

  @Test
  void after_constant_isRefused() {
    assertRefused(
        p -> p.after(p.step("s", task(PipelineTest::f0)), p.value(1)),
        "a constant has no time to come before or after");
  }

  @Test
  void after_handles_areSteps() {
    TaskGraph graph =
        graph(
            p -> {
              Partitions<String> days = p.fanOut("days", task(PipelineTest::list0));
              p.after(days, p.step("create", task(PipelineTest::f0)));
            });
    assertThat(node(graph, "days").after()).containsExactly(node(graph, "create").id());
  }

  @Test
  void handle_ofAnotherDefinition_isRefused() {
    List<Value<String>> leaked = new ArrayList<>();
    List<Partitions<String>> partitions = new ArrayList<>();
    graph(
        p -> {
          leaked.add(p.step("first", task(PipelineTest::f0)));
          partitions.add(p.fanOut("days", task(PipelineTest::list0)));
        });
    String advice =
        " takes a handle that another definition made, or this one when it ran before; declare the"
            + " step that it stands for here";
    assertRefused(p -> p.step("x", task(PipelineTest::f1), leaked.get(0)), "step 'x'" + advice);
    assertRefused(
        p -> p.perPartition("x", task(PipelineTest::f1), partitions.get(0)), "step 'x'" + advice);
    assertRefused(
        p -> p.combine("x", 2, task(PipelineTest::join), partitions.get(0)), "step 'x'" + advice);
    assertRefused(p -> p.result("x", leaked.get(0)), "result 'x'" + advice);
    assertRefused(p -> p.after(leaked.get(0), leaked.get(0)), "an order" + advice);
  }

  @Test
  void checkOwn_handleOfAnotherDefinition_isRefused() {
    var one = Pipeline.with("daily", p -> p.step("a", task(PipelineTest::f0)));
    var other = Pipeline.with("daily", p -> p.step("b", task(PipelineTest::f0)));
    one.pipeline().checkOwn(one.handles().owner());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.pipeline().checkOwn(other.handles().owner()))
        .withMessageStartingWith(
            "the handle is of another definition than the one behind this run");
  }

  @Test
  void handle_ofAConstant_belongsToNoDefinition() {
    List<Value<String>> leaked = new ArrayList<>();
    graph(
        p -> {
          leaked.add(p.value("x"));
          p.step("s", task(PipelineTest::f0));
        });
    assertThat(graph(p -> p.step("s", task(PipelineTest::f1), leaked.get(0))).nodes()).hasSize(1);
  }

  // ---- definitions ------------------------------------------------------------------------------

  @Test
  void define_definitionThrows_isRefusedWithItsCause() {
    IOException cause = new IOException("no catalogue");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "daily",
                    p -> {
                      throw cause;
                    }))
        .withMessage("the definition of pipeline 'daily' threw java.io.IOException: no catalogue")
        .withCause(cause);
  }

  @Test
  void define_badDeclarationOfATask_isRefusedWithItsCause() {
    assertRefused(
        p -> p.step("s", task(PipelineTest::f0).version("1 2")),
        "the definition of pipeline 'daily' threw java.lang.IllegalArgumentException: task"
            + " 'dev.reprise.api.PipelineTest.f0': bad version '1 2': use letters, digits, '-' and"
            + " '_'");
  }

  @Test
  void define_nameAndParameters_areToldInOrder() {
    Pipeline pipeline =
        Pipeline.define(
            "daily",
            p -> {
              p.param("b", 1);
              p.param("a", Path.of("/data"));
              p.step("s", task(PipelineTest::f0));
            },
            Parameters.NONE.with("b", "2"));
    assertThat(pipeline.name()).isEqualTo("daily");
    assertThat(pipeline.parameters()).containsExactly(Map.entry("b", "2"), Map.entry("a", "/data"));
  }

  @Test
  void define_twice_givesEqualGraphs() {
    Pipeline.Definition definition =
        p -> p.step("b", task(PipelineTest::f1), p.step("a", task(PipelineTest::f0)));
    assertThat(graph(definition).toDot()).isEqualTo(graph(definition).toDot());
  }

  // ---- helpers ----------------------------------------------------------------------------------

  record Split(String good, int bad) {}

  static String f0() {
    return "";
  }

  static String f1(String a) {
    return a;
  }

  static String f2(String a, Integer b) {
    return a + b;
  }

  static String f3(String a, Integer b, String c) {
    return a + b + c;
  }

  static String f4(String a, Integer b, String c, Integer d) {
    return a + b + c + d;
  }

  static String f5(String a, Integer b, String c, Integer d, String e) {
    return a + b + c + d + e;
  }

  static List<String> list0() {
    return List.of();
  }

  static List<String> list1(String a) {
    return List.of(a);
  }

  static List<String> list2(String a, String b) {
    return List.of(a, b);
  }

  static List<String> list3(String a, String b, String c) {
    return List.of(a, b, c);
  }

  static List<String> list4(String a, String b, String c, String d) {
    return List.of(a, b, c, d);
  }

  static List<String> list5(String a, String b, String c, String d, String e) {
    return List.of(a, b, c, d, e);
  }

  static Split split0() {
    return new Split("", 0);
  }

  static Split split1(String a) {
    return new Split(a, 1);
  }

  static Split split2(String a, String b) {
    return new Split(a + b, 2);
  }

  static Split split3(String a, String b, String c) {
    return new Split(a + b + c, 3);
  }

  static Split split4(String a, String b, String c, String d) {
    return new Split(a + b + c + d, 4);
  }

  static Split split5(String a, String b, String c, String d, String e) {
    return new Split(a + b + c + d + e, 5);
  }

  static String join(List<String> all) {
    return String.join(",", all);
  }

  static void send(String what) {}

  private static TaskGraph graph(Pipeline.Definition definition) {
    return Pipeline.define("daily", definition).graph();
  }

  private static Node node(TaskGraph graph, String name) {
    return graph.find(name).orElseThrow();
  }

  private static void assertRefused(Pipeline.Definition definition, String message) {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> graph(definition))
        .withMessage(message);
  }
}
