package dev.reprise.explain;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a unit's key differs from an earlier one, part by part, the weightiest difference first.
 *
 * @param step differences between what the units of the step have in common: hundreds for a small
 *     change of code, and the same list for all units with the same parts before
 * @param arguments differences between the unit's arguments
 */
public record Comparison(List<Difference> step, List<Difference> arguments) {
  /** No difference, or nothing known of any. */
  public static final Comparison NONE = new Comparison(List.of(), List.of());

  public Comparison {
    step = List.copyOf(step);
    arguments = List.copyOf(arguments);
  }

  /** All differences; empty if the parts are equal. */
  public List<Difference> differences() {
    return Stream.concat(step.stream(), arguments.stream()).toList();
  }

  /** Number of differences. */
  public int size() {
    return step.size() + arguments.size();
  }

  /** What a difference is about; in the order in which a person wants to hear of them. */
  public enum Kind {
    /** The user's version. */
    VERSION,
    /** The code, the signature or the name of the task. */
    CODE,
    /** A setting of the engine. */
    ENGINE,
    /** The code, the version or the configuration of a resource. */
    RESOURCE,
    /** A value that the user gave or the function captured. */
    ARGUMENT,
    /** A result of a step, or a source. */
    UPSTREAM
  }

  /**
   * One difference.
   *
   * @param name of the method, argument, setting or step
   * @param before value or brief digest; empty if there was none
   * @param now likewise
   */
  public record Difference(Kind kind, String name, String before, String now) {}

  /** Compares the parts and arguments of an earlier key with those of a new one. */
  public static Comparison between(
      StepParts before,
      List<Fingerprint> argumentsBefore,
      StepParts now,
      List<Fingerprint> argumentsNow) {
    return new Comparison(
        ofSteps(before, now), ofArguments(before, argumentsBefore, now, argumentsNow));
  }

  /** Compares what the units of a step have in common. */
  public static List<Difference> ofSteps(StepParts before, StepParts now) {
    List<Difference> found = new ArrayList<>();
    text(found, Kind.VERSION, "version", before.version(), now.version());
    text(found, Kind.CODE, "task", before.task(), now.task());
    text(found, Kind.CODE, "signature", before.signature(), now.signature());
    text(found, Kind.CODE, "code identity", before.codeMode(), now.codeMode());
    for (String name : union(before.code().keySet(), now.code().keySet())) {
      digest(found, Kind.CODE, name, before.code().get(name), now.code().get(name));
    }
    for (String name : union(before.engine().keySet(), now.engine().keySet())) {
      text(
          found,
          Kind.ENGINE,
          name,
          before.engine().getOrDefault(name, ""),
          now.engine().getOrDefault(name, ""));
    }
    return found;
  }

  /** Compares the arguments of a unit. */
  public static List<Difference> ofArguments(
      StepParts before,
      List<Fingerprint> argumentsBefore,
      StepParts now,
      List<Fingerprint> argumentsNow) {
    Map<String, Shown> old = new HashMap<>();
    Map<String, Shown> fresh = new HashMap<>();
    int places = Math.max(before.arguments().size(), now.arguments().size());
    for (int place = 0; place < places; place++) {
      Shown one = Shown.at(place, before, argumentsBefore);
      Shown other = Shown.at(place, now, argumentsNow);
      if (one != null && other != null && one.isSame(other)) {
        continue; // as nearly all are: nothing need be looked for by name
      }
      put(old, one);
      put(fresh, other);
    }
    List<Difference> found = new ArrayList<>();
    for (String name : union(old.keySet(), fresh.keySet())) {
      argument(found, name, old.get(name), fresh.get(name));
    }
    found.sort((a, b) -> a.kind().compareTo(b.kind()));
    return found;
  }

  private record Shown(ArgumentPart part, Fingerprint digest) {
    /** The argument at a place; null if there is none, or its digest is not known. */
    static @Nullable Shown at(int place, StepParts parts, List<Fingerprint> digests) {
      return place < Math.min(parts.arguments().size(), digests.size())
          ? new Shown(parts.arguments().get(place), digests.get(place))
          : null;
    }

    /** Whether it is the same argument with the same value. */
    boolean isSame(Shown other) {
      return digest.equals(other.digest)
          && part.kind() == other.part.kind()
          && part.name().equals(other.part.name());
    }

    String name() {
      return part.kind() + " " + part.name();
    }

    String text() {
      return part.preview().isEmpty() ? digest.brief() : part.preview();
    }
  }

  private static void put(Map<String, Shown> byName, @Nullable Shown argument) {
    if (argument != null) {
      byName.put(argument.name(), argument);
    }
  }

  private static void argument(
      List<Difference> found, String name, @Nullable Shown before, @Nullable Shown now) {
    if (before != null && now != null && before.digest().equals(now.digest())) {
      return;
    }
    Shown either = now != null ? now : requireNonNull(before, name);
    // Long values look alike when they are cut, and secrets always do.
    boolean alike = before != null && now != null && before.text().equals(now.text());
    found.add(
        new Difference(
            kind(either.part().kind()),
            either.part().shown(),
            shown(before, alike),
            shown(now, alike)));
  }

  private static Kind kind(ArgumentKind argument) {
    return switch (argument) {
      case GIVEN, CAPTURED -> Kind.ARGUMENT;
      case UPSTREAM -> Kind.UPSTREAM;
      case RESOURCE -> Kind.RESOURCE;
    };
  }

  private static String shown(@Nullable Shown value, boolean byDigest) {
    if (value == null) {
      return "";
    }
    return byDigest ? value.digest().brief() : value.text();
  }

  private static void text(
      List<Difference> found, Kind kind, String name, String before, String now) {
    if (!before.equals(now)) {
      found.add(new Difference(kind, name, before, now));
    }
  }

  private static void digest(
      List<Difference> found,
      Kind kind,
      String name,
      @Nullable Fingerprint before,
      @Nullable Fingerprint now) {
    if (!Objects.equals(before, now)) {
      found.add(
          new Difference(
              kind, name, before == null ? "" : before.brief(), now == null ? "" : now.brief()));
    }
  }

  private static SortedSet<String> union(Set<String> a, Set<String> b) {
    SortedSet<String> union = new TreeSet<>(a);
    union.addAll(b);
    return union;
  }
}
