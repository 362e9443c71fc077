package dev.reprise.run;

import dev.reprise.graph.Edge;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.GraphBuilder.Enclosing;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.SimCode.Body;
import dev.reprise.run.SimStep.How;
import dev.reprise.run.SimStep.Input;
import dev.reprise.run.SimStep.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A pipeline of any shape with its sources, parameters and code, which are edited between runs. */
final class SimPipeline {
  /** How long results last that do not last for ever. */
  static final Duration TIME_TO_LIVE = Duration.ofHours(10);

  private static final Duration DEADLINE = Duration.ofMillis(400);

  /** Few, so that files are often equal. */
  private static final int CONTENTS = 4;

  private static final int MANY_CONTENTS = 60;
  private static final int MOST_FILES = 8;
  private static final int CROWD = 10;

  final List<SimStep> steps = new ArrayList<>();

  /** Content of each file, by its label, by source. */
  final TreeMap<String, TreeMap<String, String>> sources = new TreeMap<>();

  final Map<String, Integer> params = new TreeMap<>();

  /** The code of each task. */
  final Map<String, Body> bodies = new TreeMap<>();

  /** The version of each task, if it has one. */
  final Map<String, Integer> versions = new TreeMap<>();

  /** Nested pipelines that are kept as a whole. */
  final List<SimNest> nests = new ArrayList<>();

  /** Steps that it hands out. */
  private final Set<String> results = new TreeSet<>();

  private final Random random;

  /** Chance of what only some pipelines have, so that the others are what they were; or null. */
  private final @Nullable Random extras;

  /** All results are small, and last: of these, whole steps are remembered. */
  final boolean lasting;

  /**
   * What many steps take, beside each other: its whole, or parts of it; null until there is one.
   */
  private @Nullable String hub;

  /** What could be edited, as it was before each edit. */
  private final List<State> earlier = new ArrayList<>();

  /** All that may be edited. */
  private record State(
      Map<String, TreeMap<String, String>> sources,
      Map<String, Integer> params,
      Map<String, Body> bodies,
      Map<String, Integer> versions) {}

  /**
   * @param extras chance of policies and versions; null if tasks have none
   * @param nesting chance of nested pipelines; null if there are none
   */
  SimPipeline(Random random, @Nullable Random extras, @Nullable Random nesting) {
    this.random = random;
    this.extras = extras;
    this.lasting = random.nextBoolean();
    for (int i = 0; i <= random.nextInt(lasting ? 1 : 2); i++) {
      TreeMap<String, String> files = new TreeMap<>();
      int most = lasting ? 3 + random.nextInt(4) : 1 + random.nextInt(4);
      for (int file = 0; file < most; file++) {
        files.put("f" + file, content());
      }
      sources.put("files" + i, files);
    }
    params.put("p", 0);
    params.put("q", 0);
    int count = 3 + random.nextInt(7);
    for (int i = 0; i < count; i++) {
      steps.add(i > 0 && random.nextInt(6) == 0 ? twin("s" + i) : step("s" + i));
    }
    if (extras != null) {
      Map<String, SimPolicy> policies = new TreeMap<>();
      bodies.keySet().forEach(task -> policies.put(task, SimPolicy.any(extras)));
      bodies.replaceAll(
          (task, body) -> extras.nextInt(5) == 0 ? body.withFailures(1 + extras.nextInt(3)) : body);
      steps.replaceAll(step -> step.with(policies.get(step.task())));
      if (extras.nextInt(3) == 0) {
        crowd(extras);
      }
    }
    if (nesting != null) {
      nest(new SimNesting(steps, nesting));
    }
  }

  /** Adds a step of many units of which few differ, so that those that fail wait for each other. */
  private void crowd(Random chance) {
    String source = sources.firstKey();
    for (int file = 0; file < CROWD; file++) {
      sources.get(source).put("f" + file, "c" + chance.nextInt(CONTENTS));
    }
    SimStep few = crowded(source, CONTENTS, 0, SimPolicy.NONE);
    crowded(few.name(), 1, 1 + chance.nextInt(2), SimPolicy.KEEPS_FAILURES);
  }

  private SimStep crowded(String over, int spread, int fails, SimPolicy policy) {
    String name = "s" + steps.size();
    Body body = new Body("t" + name, 0, spread, 0, fails, 0, false);
    bodies.put(body.task(), body);
    List<Input> inputs = List.of(new Input.From(over, How.EACH));
    SimStep step =
        new SimStep(
            name, Kind.EACH, body.task(), inputs, null, false, true, false, 1, null, null, policy);
    steps.add(step);
    return step;
  }

  private void nest(SimNesting nesting) {
    steps.clear();
    steps.addAll(nesting.steps());
    nests.addAll(nesting.nests());
    results.addAll(nesting.results());
  }

  private String content() {
    return "c" + random.nextInt(lasting ? MANY_CONTENTS : CONTENTS);
  }

  /** A step that does what an earlier one does. */
  private SimStep twin(String name) {
    return steps.get(random.nextInt(steps.size())).named(name);
  }

  private SimStep step(String name) {
    List<String> singles = new ArrayList<>();
    List<String> partitioned = new ArrayList<>(sources.keySet());
    for (SimStep step : steps) {
      if (step.isPartitioned()) {
        partitioned.add(step.name());
      } else if (!step.effect()) {
        singles.add(step.name());
      }
    }
    Kind kind = kind();
    boolean effect = kind == Kind.SINGLE && random.nextInt(5) == 0;
    List<Input> inputs = new ArrayList<>();
    switch (kind) {
      case SINGLE -> {
        if (lasting || random.nextInt(3) > 0) {
          How how = random.nextInt(lasting ? 6 : 3) > 0 ? How.ALL : How.LABELLED;
          inputs.add(new Input.From(partitioned(partitioned), how));
        }
        addSide(inputs, singles);
      }
      case FAN_OUT -> addSide(inputs, singles);
      case EACH -> {
        boolean gathers = random.nextInt(lasting ? 2 : 4) == 0 && (hub != null || !lasting);
        How how = gathers ? How.GATHER : How.EACH;
        inputs.add(new Input.From(partitioned(partitioned), how));
        addSide(inputs, singles);
      }
      case COMBINE -> {
        String of = partitioned(partitioned);
        inputs.add(new Input.From(of, How.TREE));
      }
    }
    Body body =
        new Body(
            "t" + name,
            0,
            1 + random.nextInt(lasting && random.nextInt(4) > 0 ? MANY_CONTENTS : 6),
            lasting || random.nextInt(3) == 0 ? 0 : 30,
            random.nextInt(lasting ? 24 : 6) == 0 ? 6 : 0,
            random.nextInt(5) == 0 ? 3 : 0,
            kind == Kind.FAN_OUT);
    bodies.put(body.task(), body);
    if (kind == Kind.EACH && hub == null) {
      hub = name;
    }
    return new SimStep(
        name,
        kind,
        body.task(),
        inputs,
        random.nextInt(8) == 0 && !steps.isEmpty() ? any(steps).name() : null,
        effect,
        effect ? random.nextInt(3) == 0 : random.nextInt(10) > 0,
        random.nextInt(4) == 0,
        1 + random.nextInt(3),
        !lasting && random.nextInt(5) == 0 ? TIME_TO_LIVE : null,
        random.nextInt(3) == 0 ? DEADLINE : null,
        SimPolicy.NONE);
  }

  private void addSide(List<Input> inputs, List<String> singles) {
    if (!singles.isEmpty() && random.nextBoolean()) {
      inputs.add(new Input.From(any(singles), How.WHOLE));
    }
    if (random.nextInt(3) == 0) {
      inputs.add(new Input.Param(random.nextBoolean() ? "p" : "q"));
    }
  }

  private Kind kind() {
    if (lasting && hub == null) {
      return Kind.EACH;
    }
    if (lasting && random.nextInt(3) > 0) {
      return random.nextBoolean() ? Kind.EACH : Kind.SINGLE;
    }
    return Kind.values()[random.nextInt(Kind.values().length)];
  }

  private String partitioned(List<String> all) {
    int choice = random.nextInt(lasting ? 5 : 10);
    if (choice < 3 && hub != null) {
      return hub;
    }
    return choice == 3 ? all.get(all.size() - 1) : any(all);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Changes something, or nothing. */
  void edit() {
    State before = state();
    TreeMap<String, String> files = any(new ArrayList<>(sources.values()));
    String file = any(new ArrayList<>(files.keySet()));
    switch (random.nextInt(lasting ? 9 : 13)) {
      case 0, 1, 2 -> files.put(file, content());
      case 3 -> files.put("f" + random.nextInt(MOST_FILES), content());
      case 4 -> {
        if (files.size() > 1) {
          files.remove(file);
        }
      }
      case 5 -> grow(files, 1 + random.nextInt(3));
      case 6 -> files.tailMap(file, false).clear();
      case 7 -> {
        if (!earlier.isEmpty()) {
          restore(any(earlier));
        }
      }
      case 8, 9 ->
          bodies.computeIfPresent(
              any(new ArrayList<>(bodies.keySet())),
              (task, body) -> body.withVersion(random.nextInt(3)));
      case 10 -> params.put(random.nextBoolean() ? "p" : "q", random.nextInt(3));
      default -> {
        // Nothing.
      }
    }
    if (extras != null && extras.nextInt(4) == 0) {
      List<String> tasks = new ArrayList<>(bodies.keySet());
      versions.put(tasks.get(extras.nextInt(tasks.size())), extras.nextInt(3));
    }
    if (!before.equals(state())) {
      earlier.add(before);
    }
  }

  /** Changes the content of the first file of a source, or of the last. */
  void editFile() {
    earlier.add(state());
    TreeMap<String, String> files = any(new ArrayList<>(sources.values()));
    files.put(random.nextBoolean() ? files.firstKey() : files.lastKey(), content());
  }

  /** Adds so many files behind the last. */
  private void grow(TreeMap<String, String> files, int by) {
    for (int file = 0; file < MOST_FILES && by > 0; file++) {
      if (files.tailMap("f" + file).isEmpty()) {
        files.put("f" + file, content());
        by--;
      }
    }
  }

  private State state() {
    Map<String, TreeMap<String, String>> files = new TreeMap<>();
    sources.forEach((name, own) -> files.put(name, new TreeMap<>(own)));
    return new State(files, Map.copyOf(params), Map.copyOf(bodies), Map.copyOf(versions));
  }

  private void restore(State state) {
    state.sources.forEach((name, own) -> sources.put(name, new TreeMap<>(own)));
    params.putAll(state.params);
    bodies.putAll(state.bodies);
    versions.clear();
    versions.putAll(state.versions);
  }

  /** The version of a task: 0 if it was never edited. */
  int version(String task) {
    return versions.getOrDefault(task, 0);
  }

  /**
   * The graph as it is declared now.
   *
   * @param folder below which each source has a folder of its files
   */
  TaskGraph graph(Path folder, SimSeams seams) {
    GraphBuilder builder = new GraphBuilder("sim");
    Map<String, Integer> places = new HashMap<>();
    sources.forEach(
        (name, files) -> {
          Path root = folder.resolve(name);
          List<Path> paths = files.keySet().stream().map(root::resolve).toList();
          FileSet set = new FileSet(root, "*", List.copyOf(files.keySet()), paths);
          places.put(name, builder.files(name, set));
        });
    Map<String, Integer> byName = new HashMap<>();
    Map<String, Enclosing> enclosing = enclosing();
    for (SimStep step : steps) {
      List<Edge> edges = step.inputs().stream().map(input -> edge(input, places)).toList();
      int fanIn = step.kind() == Kind.COMBINE ? SimStep.FAN_IN : 0;
      int place =
          builder.step(
              step.name(),
              Node.Kind.valueOf(step.kind().name()),
              step.spec(version(step.task()), seams),
              edges,
              fanIn,
              enclosing.getOrDefault(step.name(), new Enclosing(null, "")));
      byName.put(step.name(), place);
      places.put(step.name(), step.kind() == Kind.FAN_OUT ? builder.elements(place) : place);
      String after = step.after();
      if (after != null) {
        builder.after(place, byName.get(after));
      }
      if (results.contains(step.name())) {
        int given = places.get(step.name());
        builder.result(
            step.name(), step.isPartitioned() ? new Edge.All(given) : new Edge.Whole(given));
      }
    }
    return builder.build();
  }

  /** The nested pipeline in which each step is that is in one. */
  private Map<String, Enclosing> enclosing() {
    Map<String, Enclosing> innermost = new HashMap<>();
    Enclosing outermost = new Enclosing(null, "");
    for (SimNest nest : nests) {
      String any = nest.steps().iterator().next();
      Enclosing own = new Enclosing(innermost.getOrDefault(any, outermost), nest.name());
      own.whole();
      nest.steps().forEach(step -> innermost.put(step, own));
    }
    return innermost;
  }

  private Edge edge(Input input, Map<String, Integer> places) {
    if (input instanceof Input.Param param) {
      return new Edge.Constant(param.name(), params.get(param.name()));
    }
    Input.From from = (Input.From) input;
    int place = places.get(from.name());
    return switch (from.how()) {
      case WHOLE -> new Edge.Whole(place);
      case EACH -> new Edge.Each(place);
      case GATHER ->
          new Edge.Gather(place, (unit, partitions) -> new int[] {SimStep.gathered(unit)});
      case ALL -> new Edge.All(place);
      case LABELLED -> new Edge.Labelled(place);
      case TREE -> new Edge.Tree(place);
    };
  }

  /** Whether time that passes may fail an attempt. */
  boolean hasDeadlines() {
    return steps.stream().anyMatch(step -> step.deadline() != null);
  }

  /** Names of a step and of all that it takes something of, or follows. */
  Set<String> upstream(SimStep last) {
    Set<String> needed = new HashSet<>(Set.of(last.name()));
    for (int i = steps.size() - 1; i >= 0; i--) {
      SimStep step = steps.get(i);
      if (needed.contains(step.name())) {
        needed.addAll(step.follows());
      }
    }
    return needed;
  }

  /** The step of this name; null if a source has it. */
  @Nullable SimStep find(String name) {
    return steps.stream().filter(step -> step.name().equals(name)).findFirst().orElse(null);
  }
}
