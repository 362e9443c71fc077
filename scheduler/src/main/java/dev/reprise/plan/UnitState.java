package dev.reprise.plan;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where a unit is on its way. The life cycle is a table: from each state the states that may
 * follow. An outcome is given exactly when a unit becomes {@link #DONE}.
 */
public enum UnitState {
  /** Not all of its inputs are known. */
  WAITING,
  /** All of its inputs are known; its key is about to be derived and looked up. */
  READY,
  /** Must run. */
  QUEUED,
  /** Another run computes the same key. */
  HELD,
  /** Another unit of this run computes the same key. */
  FOLLOWING,
  /** Given to an executor. */
  DISPATCHED,
  /** In user code. */
  RUNNING,
  /** Will be tried again after a while. */
  BACKING_OFF,
  /** Executed; the result is being published. */
  COMMITTING,
  /** Ended. Healing and re-keying may bring it back. */
  DONE;

  private static final UnitState[] ALL = values();
  private static final List<Set<UnitState>> NEXT =
      Arrays.stream(ALL).map(UnitState::followers).map(Collections::unmodifiableSet).toList();

  private static final int[] BITS =
      NEXT.stream()
          .mapToInt(after -> after.stream().mapToInt(each -> 1 << each.ordinal()).sum())
          .toArray();

  /** The state with this ordinal. */
  public static UnitState of(byte ordinal) {
    return ALL[ordinal];
  }

  /** The states that may follow. */
  Set<UnitState> next() {
    return NEXT.get(ordinal());
  }

  /** Whether {@code next} may follow; it is asked for every step of every unit. */
  boolean leadsTo(UnitState next) {
    return (BITS[ordinal()] & 1 << next.ordinal()) != 0;
  }

  private Set<UnitState> followers() {
    return switch (this) {
      case WAITING -> EnumSet.of(READY, DONE);
      case READY -> EnumSet.of(WAITING, QUEUED, DONE);
      case QUEUED -> EnumSet.of(WAITING, HELD, FOLLOWING, DISPATCHED, DONE);
      case HELD -> EnumSet.of(WAITING, READY, DONE);
      case FOLLOWING -> EnumSet.of(WAITING, READY, DONE);
      case DISPATCHED -> EnumSet.of(WAITING, QUEUED, RUNNING, BACKING_OFF, COMMITTING, DONE);
      case RUNNING -> EnumSet.of(WAITING, QUEUED, BACKING_OFF, COMMITTING, DONE);
      case BACKING_OFF -> EnumSet.of(WAITING, QUEUED, DONE);
      case COMMITTING -> EnumSet.of(BACKING_OFF, DONE);
      case DONE -> EnumSet.of(WAITING, READY, QUEUED);
    };
  }
}
