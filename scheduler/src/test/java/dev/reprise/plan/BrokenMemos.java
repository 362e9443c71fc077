package dev.reprise.plan;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Memos of steps that are believed too much, each in a way in which they once were. */
public final class BrokenMemos {
  private BrokenMemos() {}

  /** A step that gathers is asked for, and what it gathers digested, before all of it is known. */
  public static Remembering wholeOfParts(Remembering sound) {
    return new Remembering(sound.least(), sound.block(), sound.gathered()) {
      @Override
      IntPredicate known(Propagation propagation) {
        return node -> true;
      }
    };
  }

  /** The digest of a longer list is taken for that of the first of it. */
  public static Remembering wholeOfMore(Remembering sound) {
    return new Remembering(sound.least(), sound.block(), sound.gathered()) {
      @Override
      @Nullable Fingerprint whole(List<Whole> records, int units) {
        return super.whole(records, records.get(0).units());
      }
    };
  }

  /** The digest that the last record has is taken, whatever the others say. */
  public static Remembering wholeOfAnother(Remembering sound) {
    return new Remembering(sound.least(), sound.block(), sound.gathered()) {
      @Override
      @Nullable Fingerprint whole(List<Whole> records, int units) {
        return super.whole(records.subList(records.size() - 1, records.size()), units);
      }
    };
  }
}
