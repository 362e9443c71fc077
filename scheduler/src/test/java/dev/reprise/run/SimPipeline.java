package dev.reprise.run;

import dev.reprise.graph.Edge;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.GraphBuilder;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pipeline of any shape with its sources, parameters and code, which are edited between runs. */
final class SimPipeline {
  /** How long results last that do not last for ever. */
  static final Duration TIME_TO_LIVE = Duration.ofHours(10);

  private static final Duration DEADLINE = Duration.ofMillis(400);
  private static final int CONTENTS = 4;

  final List<SimStep> steps = new ArrayList<>();

  /** Content of each file, by its label, by source. */
  final Map<String, TreeMap<String, String>> sources = new TreeMap<>();

  final Map<String, Integer> params = new TreeMap<>();

  /** The code of each task. */
  final Map<String, Body> bodies = new TreeMap<>();

  private final Random random;

  SimPipeline(Random random) {
    this.random = random;
    for (int i = 0; i <= random.nextInt(2); i++) {
      TreeMap<String, String> files = new TreeMap<>();
      for (int file = 0; file <= random.nextInt(4); file++) {
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
  }

  private String content() {
    return "c" + random.nextInt(CONTENTS);
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
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    boolean effect = kind == Kind.SINGLE && random.nextInt(5) == 0;
    List<Input> inputs = new ArrayList<>();
    switch (kind) {
      case SINGLE -> {
        if (random.nextInt(3) > 0) {
          How how = random.nextInt(3) > 0 ? How.ALL : How.LABELLED;
          inputs.add(new Input.From(any(partitioned), how));
        }
        addSide(inputs, singles);
      }
      case FAN_OUT -> addSide(inputs, singles);
      case EACH -> {
        How how = random.nextInt(4) > 0 ? How.EACH : How.GATHER;
        inputs.add(new Input.From(any(partitioned), how));
        addSide(inputs, singles);
      }
      case COMBINE -> {
        String of = any(partitioned);
        inputs.add(new Input.From(of, How.TREE));
      }
    }
    Body body =
        new Body(
            "t" + name,
            0,
            1 + random.nextInt(6),
            random.nextInt(3) == 0 ? 0 : 30,
            random.nextInt(6) == 0 ? 6 : 0,
            random.nextInt(5) == 0 ? 3 : 0,
            kind == Kind.FAN_OUT);
    bodies.put(body.task(), body);
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
        random.nextInt(5) == 0 ? TIME_TO_LIVE : null,
        random.nextInt(3) == 0 ? DEADLINE : null);
  }

  private void addSide(List<Input> inputs, List<String> singles) {
    if (!singles.isEmpty() && random.nextBoolean()) {
      inputs.add(new Input.From(any(singles), How.WHOLE));
    }
    if (random.nextInt(3) == 0) {
      inputs.add(new Input.Param(random.nextBoolean() ? "p" : "q"));
    }
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Changes something, or nothing. */
  void edit() {
    TreeMap<String, String> files = any(new ArrayList<>(sources.values()));
    String file = any(new ArrayList<>(files.keySet()));
    switch (random.nextInt(8)) {
      case 0, 1 -> files.put(file, content());
      case 2 -> files.put("f" + random.nextInt(6), content());
      case 3 -> {
        if (files.size() > 1) {
          files.remove(file);
        }
      }
      case 4, 5 ->
          bodies.computeIfPresent(
              any(new ArrayList<>(bodies.keySet())),
              (task, body) -> body.withVersion(random.nextInt(3)));
      case 6 -> params.put(random.nextBoolean() ? "p" : "q", random.nextInt(3));
      default -> {
        // Nothing.
      }
    }
  }

  /**
   * The graph as it is declared now.
   *
   * @param folder below which each source has a folder of its files
   */
  TaskGraph graph(Path folder) {
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
    for (SimStep step : steps) {
      List<Edge> edges = step.inputs().stream().map(input -> edge(input, places)).toList();
      int fanIn = step.kind() == Kind.COMBINE ? SimStep.FAN_IN : 0;
      int place =
          builder.step(
              step.name(), Node.Kind.valueOf(step.kind().name()), step.spec(), edges, fanIn);
      byName.put(step.name(), place);
      places.put(step.name(), step.kind() == Kind.FAN_OUT ? builder.elements(place) : place);
      String after = step.after();
      if (after != null) {
        builder.after(place, byName.get(after));
      }
    }
    return builder.build();
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

  /** The step of this name; null if a source has it. */
  @Nullable SimStep find(String name) {
    return steps.stream().filter(step -> step.name().equals(name)).findFirst().orElse(null);
  }
}
