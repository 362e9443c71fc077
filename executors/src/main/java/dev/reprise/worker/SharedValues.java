package dev.reprise.worker;

import dev.reprise.executor.Argument;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Arguments that all units of a chunk take, decoded once: 500 units that each take the same 500
 * results would decode 250,000. They are known by being one object, which is so in the process of
 * the run; to another one each unit's arguments are sent by themselves, and what was captured is
 * shared.
 *
 * <p>No unit may see what another one did to its arguments. So a value is shared only if nobody can
 * change it: text, numbers, times, enum constants, and records of such. Each unit has a list or map
 * of its own; one of which a single element may be changed is decoded for each unit anew. Several
 * threads may use it.
 */
final class SharedValues {
  /** Of the JDK, final, and never changed once they are made. */
  private static final Set<Class<?>> FIXED =
      Set.of(
          Boolean.class,
          Byte.class,
          Character.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          String.class,
          UUID.class,
          Duration.class,
          Instant.class,
          LocalDate.class,
          LocalDateTime.class,
          LocalTime.class);

  /** Fixed if they are of this very class, since it can be extended. */
  private static final Set<Class<?>> FIXED_IF_EXACT = Set.of(BigInteger.class, BigDecimal.class);

  /** Nothing is taken by others too. */
  static final SharedValues NONE = new SharedValues(List.of(), 0);

  private final List<Kept> all;
  private final AtomicInteger left;

  private SharedValues(List<Kept> all, int units) {
    this.all = all;
    this.left = new AtomicInteger(units);
  }

  /** A unit of the chunk needs its arguments no more. After the last nothing is held on to. */
  void unitEnded() {
    if (left.decrementAndGet() == 0) {
      all.forEach(Kept::drop);
    }
  }

  /**
   * What units of a chunk have in common. That is told from the first two: an argument that these
   * have as one object is most likely that of the others too, and is found by what it is.
   */
  static SharedValues of(WorkChunk chunk) {
    List<Kept> all = new ArrayList<>(0);
    if (chunk.units().size() > 1) {
      List<Argument> first = chunk.units().get(0).arguments();
      UnitWork second = chunk.units().get(1);
      for (int i = 0; i < Math.min(first.size(), second.arguments().size()); i++) {
        if (first.get(i) == second.arguments().get(i)) {
          add(first.get(i), all);
        }
      }
      chunk.code().captured().forEach(argument -> add(argument, all));
    }
    return new SharedValues(all, chunk.units().size());
  }

  private static void add(Argument argument, List<Kept> to) {
    if (argument instanceof Argument.Encoded
        || argument instanceof Argument.Listed
        || argument instanceof Argument.Labelled) {
      to.add(new Kept(argument));
    }
  }

  /** Where the value of an argument is kept; null if it is that of one unit. */
  @Nullable Kept of(Argument argument) {
    for (Kept kept : all) {
      if (kept.argument == argument) {
        return kept;
      }
    }
    return null;
  }

  /** The value of one argument, once a unit has decoded it. */
  static final class Kept {
    private final Argument argument;
    private volatile @Nullable Object value;
    private volatile boolean refused;

    private Kept(Argument argument) {
      this.argument = argument;
    }

    /** The value, for a unit to do with as it likes; null if it must be decoded. */
    @Nullable Object value() {
      Object known = value;
      if (known instanceof Object[] elements && argument instanceof Argument.Listed) {
        return new ArrayList<>(Arrays.asList(elements));
      }
      if (known instanceof Map<?, ?> elements && argument instanceof Argument.Labelled) {
        return new LinkedHashMap<>(elements);
      }
      return known;
    }

    private void drop() {
      refused = true;
      value = null;
    }

    /** Keeps what the argument was decoded to, if units may share it. */
    void offer(@Nullable Object decoded) {
      if (refused || value != null || decoded == null) {
        return;
      }
      if (!isFixed(decoded)) {
        refused = true;
      } else if (argument instanceof Argument.Listed) {
        value = ((List<?>) decoded).toArray();
      } else if (argument instanceof Argument.Labelled) {
        value = new LinkedHashMap<>((Map<?, ?>) decoded);
      } else {
        value = decoded;
      }
    }

    private boolean isFixed(Object decoded) {
      if (argument instanceof Argument.Listed) {
        return areFixed((List<?>) decoded);
      }
      return argument instanceof Argument.Labelled
          ? areFixed(((Map<?, ?>) decoded).values())
          : areFixed(List.of(decoded));
    }
  }

  private static boolean areFixed(Collection<?> values) {
    Map<Class<?>, Boolean> known = new HashMap<>();
    for (Object value : values) {
      if (value != null && !isFixed(value.getClass(), known)) {
        return false;
      }
    }
    return true;
  }

  /** Whether no object of exactly this class can be changed. */
  private static boolean isFixed(Class<?> type, Map<Class<?>, Boolean> known) {
    Boolean before = known.get(type);
    if (before == null) {
      // Until it is known: a record that may hold its own kind is decoded for each unit.
      known.put(type, false);
      before = FIXED_IF_EXACT.contains(type) || isDeclaredFixed(type, known);
      known.put(type, before);
    }
    return before;
  }

  /** Whether what a variable of this type refers to can never be changed. */
  private static boolean isDeclaredFixed(Class<?> type, Map<Class<?>, Boolean> known) {
    if (type.isPrimitive() || FIXED.contains(type)) {
      return true;
    }
    if (type.isEnum() || isEnumConstant(type)) {
      return true; // the one object that there is of it, decoded or not
    }
    if (!type.isRecord() || AutoCloseable.class.isAssignableFrom(type)) {
      return false;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      Class<?> of = component.getType();
      if (FIXED_IF_EXACT.contains(of) || !isFixed(of, known)) {
        return false;
      }
    }
    return true;
  }

  /** Of an enum constant with a body. */
  private static boolean isEnumConstant(Class<?> type) {
    Class<?> above = type.getSuperclass();
    return above != null && above.isEnum();
  }
}
