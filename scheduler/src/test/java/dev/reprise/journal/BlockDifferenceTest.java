package dev.reprise.journal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.run.Pipelines;
import dev.reprise.run.ScriptedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two blocks of one step have otherwise. */
class BlockDifferenceTest {
  private static final int WIDTH = 40;
  private static final ScriptedRun RUN =
      new ScriptedRun("run", Pipelines.flights())
          .units(
              "clean", IntStream.range(0, 2 * WIDTH).mapToObj(i -> "" + i).toArray(String[]::new));

  /** Each unit is there or not; one that is is one of two that it may be. */
  private static CachedBlock random(Random random, int chanceOfChange) {
    List<Integer> there = new ArrayList<>();
    for (int i = 0; i < WIDTH; i++) {
      if (random.nextInt(chanceOfChange) > 0) {
        there.add(i);
      }
    }
    CachedBlock block = new CachedBlock(there.size());
    for (int place = 0; place < there.size(); place++) {
      int partition = there.get(place);
      int unit = partition + (random.nextInt(chanceOfChange) == 0 ? WIDTH : 0);
      block.set(place, place + 1, partition, RUN, unit);
      if (random.nextInt(chanceOfChange) > 0) {
        block.setManifest(place, RUN.manifest(unit).orElseThrow());
      }
    }
    return block;
  }

  private static List<Object> said(CachedBlock block) {
    List<Object> said = new ArrayList<>();
    for (int i = 0; i < block.size(); i++) {
      said.add(
          List.of(
              block.partition(i),
              block.key(i),
              block.content(i),
              block.durationNanos(i),
              block.manifest(i)));
    }
    return said;
  }

  private static BlockDifference written(BlockDifference difference) throws BadRecordException {
    RecordWriter record = new RecordWriter().begin(JournalFormat.RecordType.STEP_ON_BASE);
    difference.write(record);
    return BlockDifference.read(new RecordReader(record.array()));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 20})
  void between_anyTwoBlocks_givesTheOneOverTheOther(int chanceOfChange) throws Exception {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      CachedBlock base = random(random, chanceOfChange);
      CachedBlock now = random(random, chanceOfChange);

      BlockDifference difference =
          requireNonNull(BlockDifference.between(base, now, 2 * WIDTH), "too many");

      assertThat(said(written(difference).over(base))).as("seed %s", seed).isEqualTo(said(now));
    }
  }

  @Test
  void between_sameBlocks_isNothing() {
    CachedBlock block = random(new Random(1), 4);

    BlockDifference none = requireNonNull(BlockDifference.between(block, block.copy(), 0));

    assertThat(none.gone()).isEmpty();
    assertThat(none.added().size()).isZero();
  }

  @Test
  void between_moreUnitsAreOtherwiseThanMayBe_isNone() {
    CachedBlock block = random(new Random(1), 100);
    int[] butTwo = IntStream.range(2, block.size()).toArray();

    assertThat(BlockDifference.between(block, block.only(butTwo), 2)).isNotNull();
    assertThat(BlockDifference.between(block, block.only(butTwo), 1)).isNull();
  }

  @Test
  void over_anotherBase_isRefused() {
    CachedBlock block = random(new Random(1), 100);
    CachedBlock some = block.only(new int[] {3, 4, 5});
    BlockDifference drops = requireNonNull(BlockDifference.between(block, some, WIDTH));
    BlockDifference adds = requireNonNull(BlockDifference.between(some, block, WIDTH));

    assertThatThrownBy(() -> drops.over(some))
        .isInstanceOf(BadRecordException.class)
        .hasMessage("the record drops units that its base has not");
    assertThatThrownBy(() -> adds.over(block))
        .isInstanceOf(BadRecordException.class)
        .hasMessageStartingWith("the record has a unit twice");
  }
}
