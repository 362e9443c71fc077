package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.graph.Publication;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts results at paths of the user's. Any thread may ask. */
public interface Publisher {
  /** One that has nothing to do. */
  Publisher NONE =
      new Publisher() {
        @Override
        public List<Publication> publications() {
          return List.of();
        }

        @Override
        public void check(Manifest manifest) {}

        @Override
        public State state(Publication publication, @Nullable Fingerprint content) {
          return State.NEW;
        }

        @Override
        public State publish(Publication publication, Content content, Caller caller) {
          return State.NEW;
        }
      };

  /** What is to be put, where. */
  List<Publication> publications();

  /**
   * Reads a result whole.
   *
   * @throws dev.reprise.cache.store.DamagedBlobException if its bytes are not what they were
   */
  void check(Manifest manifest) throws IOException;

  /**
   * What is there.
   *
   * @param content digest of what is to be there; null if it is not known yet
   */
  State state(Publication publication, @Nullable Fingerprint content);

  /**
   * Puts a result there, whole or not at all, unless it is there.
   *
   * @return what was there before; {@code THERE} if nothing was done
   * @throws IOException if it cannot be written; what was there stays
   */
  State publish(Publication publication, Content content, Caller caller) throws IOException;

  /** The run that publishes. Any thread may ask and tell it. */
  interface Caller {
    /** Whether it still counts; asked before anything is seen at the path. */
    boolean goesOn();

    /** Tells the user what is no reason to fail. */
    void warn(String code, String message);
  }

  /** What is at the path. */
  enum State {
    /** What is to be there. */
    THERE("is there"),
    /** Nothing that was published before. */
    NEW("was not published here before"),
    /** A file that this home did not put there; it is not replaced. */
    FOREIGN("is not ours: a run fails unless it has the same bytes, or publish.replace is set"),
    /** What is never replaced: a device, a pipe, a folder in the place of a file and the like. */
    BLOCKED("is nothing to be replaced: a run fails; name another path"),
    /** A published folder that others have put something into; it is not replaced. */
    MIXED("holds what others put there: a run fails unless that goes, or publish.replace is set"),
    /** Another result, published before. */
    OTHER("holds an earlier result"),
    /** Nothing any more. */
    GONE("is gone"),
    /** Something that was changed after it was published. */
    CHANGED("was changed there");

    private final String words;

    State(String words) {
      this.words = words;
    }

    /** For people, as in <i>it is gone</i>. */
    public String words() {
      return words;
    }
  }

  /**
   * A result to publish.
   *
   * @param pieces its values in order
   */
  record Content(List<Piece> pieces) {
    public Content {
      pieces = List.copyOf(pieces);
    }

    /** Digest of all of it, with the labels. */
    public Fingerprint digest() {
      Hasher hasher = Hasher.of("reprise/published").putLong(pieces.size());
      for (Piece piece : pieces) {
        hasher.putString(piece.label()).putFingerprint(piece.manifest().content());
      }
      return hasher.finish();
    }
  }

  /**
   * The value of one partition.
   *
   * @param label empty if the result has no partitions
   * @param node id of the step that made it
   */
  record Piece(String label, int node, Manifest manifest) {}
}
