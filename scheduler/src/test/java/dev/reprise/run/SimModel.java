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

  /** What becomes of a unit. */
  enum Fate {
    MADE,
    FAILED,
    SKIPPED
  }

  /**
   * A unit of a step.
   *
   * @param key null if it has none, or never gets one
   * @param call likewise, also of a step that keeps nothing: equal calls have it in common
   * @param value if it is made
   * @param failureKept whether it fails so that its task keeps it
   */
  record Unit(
      SimStep step,
      int place,
      @Nullable String key,
      @Nullable String call,
      Fate fate,
      @Nullable Object value,
      boolean failureKept) {
    static Unit skipped(SimStep step, int place) {
      return new Unit(step, place, null, null, Fate.SKIPPED, null, false);
    }
  }

  /** A value that is passed on; {@code key} stands for it in keys. */
  private record Piece(String label, String key, boolean made, @Nullable Object value) {}

  /** All arguments of a unit; null if one of them is never made. */
  private record Arguments(List<@Nullable Object> values, StringBuilder key) {
    Arguments() {
      this(new ArrayList<>(), new StringBuilder());
    }

    void add(String keyPart, @Nullable Object value) {
      values.add(value);
      key.append('|').append(keyPart);
    }
  }

  /** What it makes if all of it is asked for. */
  SimModel(SimPipeline pipeline) {
    this(pipeline, SimChoice.ALL);
  }

  /** What is made of it, or found. */
  SimModel(SimPipeline pipeline, SimChoice choice) {
    this.pipeline = pipeline;
    this.choice = choice;
    pipeline.sources.forEach(
        (name, files) -> {
          List<Piece> all = new ArrayList<>();
          files.forEach(
              (label, content) ->
                  all.add(
                      new Piece(
                          label,
                          "F" + label + ":" + content,
                          choice.isRead(name, label),
                          SimCode.file(content))));
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
    List<Unit> all =
        switch (step.kind()) {
          case SINGLE, FAN_OUT -> List.of(unit(step, 0, "", arguments(step, 0)));
          case EACH -> each(step);
          case COMBINE -> combine(step);
        };
    units.put(step.name(), all);
    pieces.put(step.name(), all == null ? null : pieces(step, all));
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
        boolean made = addList(arguments, some);
        Unit unit = unit(step, all.size(), "", made ? arguments : null);
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

  private Unit unit(SimStep step, int place, String label, @Nullable Arguments arguments) {
    if (arguments == null || !isAfterMade(step)) {
      return Unit.skipped(step, place);
    }
    Body body = requireNonNull(pipeline.bodies.get(step.task()));
    String version = step.policy().versioned() ? "/v" + pipeline.version(step.task()) : "";
    String call = step.effect() + "/" + body.encoded() + version + arguments.key();
    String key = step.cached() ? call : null;
    if (!choice.mayRun(step, key)) {
      return Unit.skipped(step, place);
    }
    try {
      Object value = body.make(arguments.values());
      Object result = step.effect() ? Receipt.DONE : value;
      return new Unit(step, place, key, call, Fate.MADE, result, false);
    } catch (Trouble e) {
      boolean kept = e instanceof UserTrouble && step.cached() && step.policy().failures() != null;
      return new Unit(step, place, key, call, Fate.FAILED, null, kept);
    } catch (IOException e) {
      throw new AssertionError("the model reads no files: label " + label, e);
    }
  }

  private boolean isAfterMade(SimStep step) {
    if (step.after() == null) {
      return true;
    }
    List<Unit> earlier = units.get(step.after());
    return earlier != null && earlier.stream().allMatch(unit -> unit.fate() == Fate.MADE);
  }

  private @Nullable Arguments arguments(SimStep step, int place) {
    Arguments arguments = new Arguments();
    for (Input input : step.inputs()) {
      if (input instanceof Input.Param param) {
        Integer value = pipeline.params.get(param.name());
        arguments.add("P" + value, value);
      } else if (!add(arguments, (Input.From) input, place)) {
        return null;
      }
    }
    return arguments;
  }

  private boolean add(Arguments arguments, Input.From from, int place) {
    List<Piece> all = pieces.get(from.name());
    if (all == null) {
      return false;
    }
    if (from.how() == How.ALL) {
      return addList(arguments, all);
    }
    if (from.how() == How.GATHER) {
      return addList(arguments, List.of(all.get(SimStep.gathered(place))));
    }
    if (from.how() == How.LABELLED) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      StringBuilder key = new StringBuilder("{");
      for (Piece piece : all) {
        values.put(piece.label(), piece.value());
        key.append(piece.label()).append(':').append(piece.key()).append(';');
      }
      arguments.add(key.toString(), values);
      return all.stream().allMatch(Piece::made);
    }
    Piece piece = all.get(from.how() == How.EACH ? place : all.size() - 1);
    arguments.add(piece.key(), piece.value());
    return piece.made();
  }

  private static boolean addList(Arguments arguments, List<Piece> all) {
    List<@Nullable Object> values = new ArrayList<>();
    StringBuilder key = new StringBuilder("[");
    for (Piece piece : all) {
      values.add(piece.value());
      key.append(piece.key()).append(';');
    }
    arguments.add(key.toString(), values);
    return all.stream().allMatch(Piece::made);
  }

  private @Nullable List<Piece> pieces(SimStep step, List<Unit> all) {
    List<Piece> own = new ArrayList<>();
    if (step.kind() == Kind.FAN_OUT) {
      if (all.get(0).fate() != Fate.MADE) {
        return null;
      }
      List<?> elements = (List<?>) requireNonNull(all.get(0).value());
      for (int i = 0; i < elements.size(); i++) {
        Object value = elements.get(i);
        own.add(new Piece(Integer.toString(i), String.valueOf(value), true, value));
      }
      return own;
    }
    List<Piece> over = step.kind() == Kind.EACH ? requireNonNull(first(step)) : List.of();
    for (Unit unit : all) {
      own.add(piece(over.isEmpty() ? "" : over.get(unit.place()).label(), unit));
    }
    return own;
  }

  private static Piece piece(String label, Unit unit) {
    boolean made = unit.fate() == Fate.MADE;
    return new Piece(label, String.valueOf(unit.value()), made, unit.value());
  }
}
