package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.run.SimCode.Body;
import dev.reprise.run.SimCode.Trouble;
import dev.reprise.run.SimCode.UserTrouble;
import dev.reprise.run.SimStep.How;
import dev.reprise.run.SimStep.Input;
import dev.reprise.run.SimStep.Kind;
import dev.reprise.task.Receipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline makes if nothing is ever kept and nothing goes wrong: each unit with its value,
 * and with a key of the model's own, which is equal for two units exactly if theirs must be.
 */
final class SimModel {
  private final SimPipeline pipeline;
  private final SimChoice choice;
  private final Map<String, @Nullable List<Unit>> units = new LinkedHashMap<>();

  /** What others take of a source or step, piece by piece; null if nobody can know how many. */
  private final Map<String, @Nullable List<Piece>> pieces = new HashMap<>();

  /** The same pipeline if nothing is left out or found as a whole; null if this is it. */
  private final @Nullable SimModel full;

  /** What becomes of a unit. */
  enum Fate {
    MADE,
    FAILED,
    SKIPPED
  }

  /** Whether something is missing that the run is not asked for, and when that is known. */
  enum Lack {
    NOTHING,
    IN_THE_RUN,
    IN_THE_PLAN;

    Lack and(Lack other) {
      return compareTo(other) > 0 ? this : other;
    }
  }

  /**
   * A unit of a step.
   *
   * @param key null if it has none, or never gets one
   * @param call likewise, also of a step that keeps nothing: equal calls have it in common
   * @param value if it is made
   * @param failureKept whether it fails so that its task keeps it
   * @param planned whether its result is known when the run is planned
   * @param lack if it is skipped
   */
  record Unit(
      SimStep step,
      int place,
      @Nullable String key,
      @Nullable String call,
      Fate fate,
      @Nullable Object value,
      boolean failureKept,
      boolean planned,
      Lack lack) {
    static Unit skipped(SimStep step, int place, Lack lack) {
      return new Unit(step, place, null, null, Fate.SKIPPED, null, false, false, lack);
    }

    /** The same, known when the run is planned. */
    Unit found() {
      return new Unit(step, place, key, call, fate, value, failureKept, true, lack);
    }
  }

  /** A value that is passed on; {@code key} stands for it in keys. */
  private record Piece(
      String label, String key, @Nullable Object value, boolean made, boolean planned, Lack lack) {}

  /** All arguments of a unit, and what it waits for. */
  private static final class Arguments {
    final List<@Nullable Object> values = new ArrayList<>();
    final StringBuilder key = new StringBuilder();
    boolean made = true;
    boolean planned = true;
    Lack lack = Lack.NOTHING;

    void add(String keyPart, @Nullable Object value) {
      values.add(value);
      key.append('|').append(keyPart);
    }

    void waitFor(boolean isMade, boolean isPlanned, Lack lacks) {
      made &= isMade;
      planned &= isPlanned;
      lack = lack.and(lacks);
    }
  }

  /** What it makes if all of it is asked for. */
  SimModel(SimPipeline pipeline) {
    this(pipeline, SimChoice.ALL, null);
  }

  /**
   * What is made of it, or found.
   *
   * @param full what it makes if all of it is asked for; null if this is that
   */
  SimModel(SimPipeline pipeline, SimChoice choice, @Nullable SimModel full) {
    this.pipeline = pipeline;
    this.choice = choice;
    this.full = full;
    pipeline.sources.forEach(
        (name, files) -> {
          List<Piece> all = new ArrayList<>();
          files.forEach(
              (label, content) ->
                  all.add(
                      new Piece(
                          label,
                          "F" + label + ":" + content,
                          SimCode.file(content),
                          choice.isRead(name, label),
                          choice.isRead(name, label),
                          Lack.NOTHING)));
          pieces.put(name, all);
        });
    pipeline.steps.forEach(this::add);
  }

  /** The units of each step, in order; null if it never has any. */
  Map<String, @Nullable List<Unit>> units() {
    return units;
  }

  /** Whether every unit is made. */
  boolean succeeds() {
    return units.values().stream()
        .allMatch(all -> all != null && all.stream().allMatch(unit -> unit.fate() == Fate.MADE));
  }

  /** Whether a unit fails. */
  boolean fails() {
    return units.values().stream()
        .anyMatch(all -> all != null && all.stream().anyMatch(unit -> unit.fate() == Fate.FAILED));
  }

  private void add(SimStep step) {
    List<Unit> own =
        switch (step.kind()) {
          case SINGLE, FAN_OUT -> List.of(unit(step, 0, "", arguments(step, 0)));
          case EACH -> each(step);
          case COMBINE -> combine(step);
        };
    if (choice.handsOut(step)) {
      own = whole(step).stream().map(Unit::found).toList();
    } else if (choice.hides(step)) {
      own = needless(step, own);
    }
    units.put(step.name(), own);
    pieces.put(step.name(), own == null ? null : pieces(step, own));
  }

  private List<Unit> whole(SimStep step) {
    return requireNonNull(requireNonNull(full).units.get(step.name()));
  }

  /** What is found of a step that need not run. */
  private List<Unit> needless(SimStep step, @Nullable List<Unit> own) {
    List<Unit> found = new ArrayList<>();
    for (Unit unit : whole(step)) {
      boolean itself = own != null && own.get(unit.place()).planned();
      found.add(itself ? unit.found() : Unit.skipped(step, unit.place(), Lack.NOTHING));
    }
    return found;
  }

  private @Nullable List<Unit> each(SimStep step) {
    List<Piece> over = first(step);
    if (over == null) {
      return null;
    }
    List<Unit> all = new ArrayList<>();
    for (int i = 0; i < over.size(); i++) {
      all.add(unit(step, i, over.get(i).label(), arguments(step, i)));
    }
    return all;
  }

  private @Nullable List<Unit> combine(SimStep step) {
    List<Piece> level = first(step);
    if (level == null) {
      return null;
    }
    List<Unit> all = new ArrayList<>();
    do {
      List<Piece> next = new ArrayList<>();
      for (int from = 0; from == 0 || from < level.size(); from += SimStep.FAN_IN) {
        List<Piece> some = level.subList(from, Math.min(level.size(), from + SimStep.FAN_IN));
        Arguments arguments = new Arguments();
        addList(arguments, some);
        arguments.waitFor(true, isSized(((Input.From) step.inputs().get(0)).name()), Lack.NOTHING);
        waitForEarlier(step, arguments);
        Unit unit = unit(step, all.size(), "", arguments);
        all.add(unit);
        next.add(piece("", unit));
      }
      level = next;
    } while (level.size() > 1);
    return all;
  }

  private @Nullable List<Piece> first(SimStep step) {
    return pieces.get(((Input.From) step.inputs().get(0)).name());
  }

  private Unit unit(SimStep step, int place, String label, Arguments arguments) {
    if (!arguments.made) {
      return Unit.skipped(step, place, arguments.lack);
    }
    Body body = requireNonNull(pipeline.bodies.get(step.task()));
    String call = code(step) + arguments.key;
    String key = step.cached() ? call : null;
    if (!choice.mayRun(step, key)) {
      Lack when = arguments.planned ? Lack.IN_THE_PLAN : Lack.IN_THE_RUN;
      return Unit.skipped(step, place, when);
    }
    try {
      Object value = body.make(arguments.values);
      Object result = step.effect() ? Receipt.DONE : value;
      boolean planned = arguments.planned && choice.finds(step, key);
      return new Unit(step, place, key, call, Fate.MADE, result, false, planned, Lack.NOTHING);
    } catch (Trouble e) {
      boolean kept = e instanceof UserTrouble && step.cached() && step.policy().failures() != null;
      return new Unit(step, place, key, call, Fate.FAILED, null, kept, false, Lack.NOTHING);
    } catch (IOException e) {
      throw new AssertionError("the model reads no files: label " + label, e);
    }
  }

  /** What a step does with its arguments. */
  private String code(SimStep step) {
    Body body = requireNonNull(pipeline.bodies.get(step.task()));
    String version = step.policy().versioned() ? "/v" + pipeline.version(step.task()) : "";
    return step.effect() + "/" + body.encoded() + version;
  }

  private void waitForEarlier(SimStep step, Arguments arguments) {
    if (step.after() != null) {
      List<Unit> earlier = units.get(step.after());
      if (earlier == null) {
        arguments.waitFor(false, false, lacks(step.after()));
      } else {
        earlier.forEach(
            unit -> arguments.waitFor(unit.fate() == Fate.MADE, unit.planned(), unit.lack()));
      }
    }
  }

  /** What a step, or a source, lacks of what the run is not asked for. */
  private Lack lacks(String name) {
    SimStep step = pipeline.find(name);
    if (step == null) {
      return Lack.NOTHING;
    }
    List<Unit> own = units.get(name);
    return own == null
        ? lacks(step.follows())
        : own.stream().map(Unit::lack).reduce(Lack.NOTHING, Lack::and);
  }

  private Arguments arguments(SimStep step, int place) {
    Arguments arguments = new Arguments();
    for (Input input : step.inputs()) {
      if (input instanceof Input.Param param) {
        Integer value = pipeline.params.get(param.name());
        arguments.add("P" + value, value);
      } else {
        add(arguments, (Input.From) input, place);
      }
    }
    waitForEarlier(step, arguments);
    return arguments;
  }

  private void add(Arguments arguments, Input.From from, int place) {
    List<Piece> all = pieces.get(from.name());
    if (all == null) {
      arguments.waitFor(false, false, lacks(from.name()));
      return;
    }
    arguments.waitFor(true, isSized(from.name()), Lack.NOTHING);
    if (from.how() == How.ALL) {
      addList(arguments, all);
    } else if (from.how() == How.GATHER) {
      addList(arguments, List.of(all.get(SimStep.gathered(place))));
    } else if (from.how() == How.LABELLED) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      StringBuilder key = new StringBuilder("{");
      for (Piece piece : all) {
        values.put(piece.label(), piece.value());
        key.append(piece.label()).append(':').append(piece.key()).append(';');
      }
      arguments.add(key.toString(), values);
      waitFor(arguments, all);
    } else {
      Piece piece = all.get(from.how() == How.EACH ? place : all.size() - 1);
      arguments.add(piece.key(), piece.value());
      waitFor(arguments, List.of(piece));
    }
  }

  private static void addList(Arguments arguments, List<Piece> all) {
    List<@Nullable Object> values = new ArrayList<>();
    StringBuilder key = new StringBuilder("[");
    for (Piece piece : all) {
      values.add(piece.value());
      key.append(piece.key()).append(';');
    }
    arguments.add(key.toString(), values);
    waitFor(arguments, all);
  }

  private static void waitFor(Arguments arguments, List<Piece> all) {
    all.forEach(piece -> arguments.waitFor(piece.made(), piece.planned(), piece.lack()));
  }

  private @Nullable List<Piece> pieces(SimStep step, List<Unit> own) {
    List<Piece> given = new ArrayList<>();
    if (step.kind() == Kind.FAN_OUT) {
      Unit unit = own.get(0);
      if (unit.fate() != Fate.MADE) {
        return null;
      }
      List<?> elements = (List<?>) requireNonNull(unit.value());
      for (int i = 0; i < elements.size(); i++) {
        Object value = elements.get(i);
        given.add(
            new Piece(
                Integer.toString(i),
                String.valueOf(value),
                value,
                true,
                unit.planned(),
                Lack.NOTHING));
      }
      return given;
    }
    SimModel labels = full == null ? this : full;
    List<Piece> over = step.kind() == Kind.EACH ? requireNonNull(labels.first(step)) : List.of();
    for (Unit unit : own) {
      given.add(piece(over.isEmpty() ? "" : over.get(unit.place()).label(), unit));
    }
    return given;
  }

  private static Piece piece(String label, Unit unit) {
    boolean made = unit.fate() == Fate.MADE;
    return new Piece(
        label, String.valueOf(unit.value()), unit.value(), made, unit.planned(), unit.lack());
  }

  // ---- nested pipelines -------------------------------------------------------------------------

  /**
   * All that decides what a nested pipeline hands out: two times the same if and only if it is the
   * same. Null if some of what it takes is never made.
   */
  @Nullable String decides(SimNest nest) {
    if (!takes(nest, this::isMade)) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (SimStep step : pipeline.steps) {
      if (nest.steps().contains(step.name())) {
        text.append(step.name()).append('=').append(code(step));
        step.inputs().forEach(input -> text.append('|').append(taken(nest, input)));
      }
    }
    return text.toString();
  }

  /** What a step of a nested pipeline takes; nothing of what is made inside. */
  private String taken(SimNest nest, Input input) {
    if (input instanceof Input.Param param) {
      return String.valueOf(pipeline.params.get(param.name()));
    }
    String name = ((Input.From) input).name();
    return nest.steps().contains(name)
        ? ""
        : requireNonNull(pieces.get(name)).stream()
            .map(piece -> piece.label() + ":" + piece.key())
            .collect(Collectors.joining(";"));
  }

  /** Whether all that a nested pipeline takes is known when the run is planned. */
  boolean knows(SimNest nest) {
    return takes(nest, this::isPlanned);
  }

  private boolean takes(SimNest nest, Predicate<String> holds) {
    return pipeline.steps.stream()
        .filter(step -> nest.steps().contains(step.name()))
        .flatMap(step -> step.follows().stream())
        .filter(name -> !nest.steps().contains(name))
        .allMatch(holds);
  }

  private boolean isMade(String name) {
    List<Unit> own = units.get(name);
    return pipeline.find(name) == null
        ? requireNonNull(pieces.get(name)).stream().allMatch(Piece::made)
        : own != null && own.stream().allMatch(unit -> unit.fate() == Fate.MADE);
  }

  private boolean isPlanned(String name) {
    List<Unit> own = units.get(name);
    return pipeline.find(name) == null
        ? requireNonNull(pieces.get(name)).stream().allMatch(Piece::planned)
        : own != null && isSized(name) && own.stream().allMatch(Unit::planned);
  }

  /** Whether it is known when the run is planned how many partitions others can take. */
  private boolean isSized(String name) {
    SimStep step = pipeline.find(name);
    if (step == null || step.kind() == Kind.SINGLE) {
      return true;
    }
    List<Unit> own = units.get(name);
    return step.kind() == Kind.FAN_OUT
        ? own != null && own.get(0).planned()
        : choice.handsOut(step) || isSized(((Input.From) step.inputs().get(0)).name());
  }

  /**
   * Whether a step of no units takes what is missing, since the run is not asked for it: what
   * becomes of it depends on what is known first.
   */
  boolean isVague() {
    return pipeline.steps.stream()
        .filter(step -> List.of().equals(units.get(step.name())))
        .flatMap(step -> step.follows().stream())
        .anyMatch(name -> lacks(name) != Lack.NOTHING);
  }

  /** What one of these lacks. */
  Lack lacks(Set<String> named) {
    return named.stream().map(this::lacks).reduce(Lack.NOTHING, Lack::and);
  }
}
