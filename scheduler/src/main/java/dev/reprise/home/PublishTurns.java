package dev.reprise.home;

import dev.reprise.run.Publisher.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to publish at a path, among the runs of one driver.
 *
 * <p>A run that was cancelled may leave a thread that hangs: on a disk, or in the user's classes.
 * Its turn is taken from it, unless it has {@linkplain Turn#decide begun to change} what is seen at
 * the path; for that one it is waited for so long, and no longer.
 */
final class PublishTurns {
  private static final int TOLD_AFTER_SECONDS = 2;

  /** How long a rename may take in a run that was cancelled. */
  static final int PATIENCE_SECONDS = 30;

  private static final long SLICE_MILLIS = 50;
  private static final int SLICES_PER_SECOND = (int) (1000 / SLICE_MILLIS);

  private final int patienceSeconds;

  // Guards all that changes in turns, too.
  private final Map<Path, Turn> turns = new HashMap<>();

  /**
   * @param patienceSeconds how long a run is waited for that is over and has begun to change what
   *     is seen
   */
  PublishTurns(int patienceSeconds) {
    this.patienceSeconds = patienceSeconds;
  }

  /**
   * Waits for the turn, for as long as the run goes on.
   *
   * @throws IOException if the run is over, or one that is over cannot be waited for
   */
  Turn take(Path place, Caller caller) throws IOException {
    int abandoned = 0; // slices since it was seen that the run before is over
    for (int slices = 1; ; slices++) {
      Turn turn = new Turn(place, caller);
      Turn before = claim(turn);
      if (before == null) {
        return turn;
      } else if (!caller.goesOn()) {
        throw new IOException("the run was over before it was its turn at " + place);
      } else if (!before.caller.goesOn() && ++abandoned > patienceSeconds * SLICES_PER_SECOND) {
        throw new IOException(
            "a run that is over hangs while it puts its result there; end this driver");
      } else if (slices == TOLD_AFTER_SECONDS * SLICES_PER_SECOND) {
        caller.warn(
            "PUBLISH_WAITS",
            "another run of this driver publishes at %s; this one waits for that".formatted(place));
      }
      await(before);
    }
  }

  /** Returns null if it is this one's turn now, or the one to wait for. */
  private @Nullable Turn claim(Turn turn) {
    synchronized (turns) {
      Turn before = turns.get(turn.place);
      if (before != null && (before.decided || before.caller.goesOn())) {
        return before;
      }
      turns.put(turn.place, turn);
      return null;
    }
  }

  private static void await(Turn before) throws IOException {
    try {
      before.over.await(SLICE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while another run publishes there", e);
    }
  }

  /** The right to publish at a path. */
  final class Turn implements AutoCloseable {
    private final Path place;
    private final Caller caller;
    private final CountDownLatch over = new CountDownLatch(1);
    private boolean decided;

    private Turn(Path place, Caller caller) {
      this.place = place;
      this.caller = caller;
    }

    /**
     * Asked once, before anything is seen at the path.
     *
     * @return whether it may be: it is this one's turn still, and its run goes on
     */
    boolean decide() {
      synchronized (turns) {
        decided = turns.get(place) == this && caller.goesOn();
        return decided;
      }
    }

    @Override
    public void close() {
      synchronized (turns) {
        turns.remove(place, this);
      }
      over.countDown();
    }
  }
}
