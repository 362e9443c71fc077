package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Edge;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.Reason.Code;
import dev.reprise.testing.GraphMaker;
import org.junit.jupiter.api.Test;

class UnitTableTest {
  private final UnitTable units = table();

  private static UnitTable table() {
    GraphMaker maker = new GraphMaker();
    maker.files("files", "a", "b");
    maker.each("each", new Edge.Each(0));
    maker.step("sum", new Edge.All(1));
    return new UnitTable(maker.build());
  }

  @Test
  void allocate_nodesInAnyOrder_areRangesOneAfterTheOther() {
    units.allocate(2, 1, null);
    units.allocate(0, 2, new String[] {"a", "b"});
    assertThat(units.size()).isEqualTo(3);
    assertThat(units.count(1)).isEqualTo(-1);
    assertThat(units.first(0)).isEqualTo(1);
    assertThat(units.nodeOf(2)).isZero();
    assertThat(units.partition(2)).isEqualTo(1);
    assertThat(units.label(2)).isEqualTo("b");
    assertThat(units.label(0)).isEmpty();
    assertThat(units.node(0).name()).isEqualTo("sum");
  }

  @Test
  void allocate_twice_throws() {
    units.allocate(2, 1, null);
    assertThatIllegalStateException().isThrownBy(() -> units.allocate(2, 1, null));
  }

  @Test
  void allocate_moreUnitsThanFit_isRefusedBeforeMemoryIsTaken() {
    units.allocate(2, 1, null);
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> units.allocate(0, Integer.MAX_VALUE, null))
        .withMessage(
            "step 'files' has 2147483647 partitions, with which the run has more than 67108863"
                + " units; make them larger");
  }

  @Test
  void unit_keysContentsAndFlags_areItsOwn() {
    units.allocate(0, 2, new String[] {"a", "b"});
    Fingerprint content = Hasher.of("content").finish();
    units.content(1, content);
    Hasher.of("key").finish().write(units.keys(), Fingerprint.BYTES);
    units.keyed(1, true);
    units.known(1, true);
    units.known(1, false);
    units.unkept(1, true);
    units.stale(1, true);
    assertThat(units.content(1)).isEqualTo(content);
    assertThat(units.key(1)).isEqualTo(Hasher.of("key").finish());
    assertThat(units.known(1)).isFalse();
    assertThat(units.everKnown(1)).isTrue();
    assertThat(units.keyed(1) && units.unkept(1) && units.stale(1)).isTrue();
    assertThat(units.keyed(0) || units.unkept(0) || units.stale(0)).isFalse();
  }

  @Test
  void open_unitsEndAndComeBack_areCounted() {
    units.allocate(0, 2, new String[] {"a", "b"});
    units.allocate(2, 1, null);
    assertThat(units.open()).isEqualTo(3);
    units.end(0, Outcome.SKIPPED);
    assertThat(units.open()).isEqualTo(2);
    assertThat(units.open(0)).isEqualTo(1);
    assertThat(units.outcome(0)).isEqualTo(Outcome.SKIPPED);
    units.move(0, UnitState.READY);
    assertThat(units.open(0)).isEqualTo(2);
    assertThat(units.outcome(0)).isNull();
  }

  @Test
  void savedNanos_unitsEndAndComeBack_isWhatTheReusedOnesTook() {
    units.allocate(0, 2, new String[] {"a", "b"});
    units.durationNanos(0, 5);
    units.end(0, Outcome.CACHED);
    units.durationNanos(0, 7);
    units.durationNanos(1, 100);
    units.end(1, Outcome.SKIPPED);
    assertThat(units.savedNanos(0)).isEqualTo(7);
    assertThat(units.ended(0, Outcome.CACHED)).isEqualTo(1);
    assertThat(units.ended(0, Outcome.SKIPPED)).isEqualTo(1);

    units.move(0, UnitState.READY);
    assertThat(units.savedNanos(0)).isZero();
    assertThat(units.ended(0, Outcome.CACHED)).isZero();

    units.end(0, Outcome.SKIPPED);
    assertThat(units.savedNanos(0)).isZero();
    assertThat(units.ended(0, Outcome.SKIPPED)).isEqualTo(2);
  }

  @Test
  void unpack_unitsOfAStep_areCountedAsReused() {
    units.allocate(0, 2, new String[] {"a", "b"});
    for (int unit = 0; unit < 2; unit++) {
      units.move(unit, UnitState.READY);
      units.durationNanos(unit, 3 + unit);
    }
    ByteWriter packed = new ByteWriter();
    units.pack(0, 2, packed);

    units.unpack(0, 2, packed.array(), 0, 0, 2);

    assertThat(units.open(0)).isZero();
    assertThat(units.ended(0, Outcome.CACHED)).isEqualTo(2);
    assertThat(units.savedNanos(0)).isEqualTo(7);
  }

  @Test
  void unpack_oneOfThoseThatWerePacked_hasItsOwnKeyContentAndDuration() {
    units.allocate(0, 2, new String[] {"a", "b"});
    for (int unit = 0; unit < 2; unit++) {
      units.move(unit, UnitState.READY);
      units.durationNanos(unit, 3 + unit);
      Hasher.of("key").putLong(unit).finish().write(units.keys(), unit * Fingerprint.BYTES);
      units.content(unit, Hasher.of("content").putLong(unit).finish());
    }
    ByteWriter packed = new ByteWriter().putByte(9);
    units.pack(0, 2, packed);
    UnitTable other = new UnitTable(units.graph());
    other.allocate(0, 2, new String[] {"a", "b"});
    other.move(1, UnitState.READY);

    other.unpack(1, 2, packed.array(), 1, 1, 2);

    assertThat(other.key(1)).isEqualTo(units.key(1));
    assertThat(other.content(1)).isEqualTo(units.content(1));
    assertThat(other.durationNanos(1)).isEqualTo(4);
    assertThat(other.outcome(0)).isNull();
    assertThat(other.open(0)).isEqualTo(1);
  }

  @Test
  void areNew_oneIsStale_isFalse() {
    units.allocate(0, 2, new String[] {"a", "b"});
    units.move(0, UnitState.READY);
    units.move(1, UnitState.READY);
    assertThat(units.areNew(0, 2)).isTrue();

    units.stale(1, true);

    assertThat(units.areNew(0, 2)).isFalse();
  }

  @Test
  void move_notInTheTable_throwsWithTheHistory() {
    units.allocate(0, 1, new String[] {"a"});
    units.reason(0, new Reason(Code.CODE_CHANGED, "Delays"));
    units.nextAttempt(0);
    assertThatIllegalStateException()
        .isThrownBy(() -> units.move(0, UnitState.RUNNING))
        .withMessage(
            "unit files:0 cannot go from WAITING to RUNNING; attempts 1, outcome null, reason"
                + " CODE_CHANGED(Delays)");
  }

  @Test
  void end_twice_throws() {
    units.allocate(0, 1, new String[] {"a"});
    units.end(0, Outcome.CACHED);
    assertThatIllegalStateException()
        .isThrownBy(() -> units.end(0, Outcome.RAN))
        .withMessage("unit files:0 cannot end as RAN from DONE");
  }

  @Test
  void move_toDone_needsAnOutcome() {
    units.allocate(0, 1, new String[] {"a"});
    assertThatIllegalStateException().isThrownBy(() -> units.move(0, UnitState.DONE));
  }

  @Test
  void move_everyPairOfStates_followsTheTable() {
    for (UnitState from : UnitState.values()) {
      for (UnitState to : UnitState.values()) {
        if (to != UnitState.DONE) {
          UnitTable table = table();
          table.allocate(2, 1, null);
          bring(table, from);
          boolean moved = true;
          try {
            table.move(0, to);
          } catch (IllegalStateException e) {
            moved = false;
          }
          assertThat(moved).as("%s -> %s", from, to).isEqualTo(from.next().contains(to));
        }
      }
    }
  }

  /** Leads unit 0 from WAITING to a state, by the shortest way. */
  private static void bring(UnitTable table, UnitState to) {
    java.util.Map<UnitState, UnitState> cameFrom = new java.util.EnumMap<>(UnitState.class);
    java.util.Deque<UnitState> open = new java.util.ArrayDeque<>();
    open.add(UnitState.WAITING);
    while (!open.isEmpty() && !open.getFirst().equals(to)) {
      UnitState at = open.removeFirst();
      for (UnitState next : at.next()) {
        if (next != UnitState.WAITING && cameFrom.putIfAbsent(next, at) == null) {
          open.add(next);
        }
      }
    }
    java.util.Deque<UnitState> way = new java.util.ArrayDeque<>();
    for (UnitState at = to; at != UnitState.WAITING; at = cameFrom.get(at)) {
      way.addFirst(at);
    }
    for (UnitState next : way) {
      if (next == UnitState.DONE) {
        table.end(0, Outcome.RAN);
      } else {
        table.move(0, next);
      }
    }
  }

  @Test
  void reason_equalOnes_areOneObjectAndCanBeTakenBack() {
    units.allocate(0, 2, new String[] {"a", "b"});
    units.reason(0, new Reason(Code.ARG_CHANGED, "late"));
    units.reason(1, new Reason(Code.ARG_CHANGED, "late"));
    assertThat(units.reason(0)).isSameAs(units.reason(1)).hasToString("ARG_CHANGED(late)");
    units.reason(0, null);
    assertThat(units.reason(0)).isNull();
    assertThat(units.reason(1)).isNotNull();
  }

  @Test
  void attempts_manyMoreThanAShortHolds_areCounted() {
    units.allocate(0, 1, new String[] {"a"});
    for (int i = 0; i < 40_000; i++) {
      units.nextAttempt(0);
    }
    assertThat(units.attempts(0)).isEqualTo(40_000);
  }
}
