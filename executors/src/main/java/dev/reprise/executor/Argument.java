package dev.reprise.executor;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.store.PartitionRef;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An argument of a unit, as data: where its value is, not the value. */
public sealed interface Argument {
  /** A partition of an earlier result, or an encoded constant. Decoded by the worker. */
  record Encoded(PartitionRef partition) implements Argument {}

  /** A table in pieces, which are one value. Decoded by the worker. */
  record Pieces(List<PartitionRef> pieces) implements Argument {
    public Pieces {
      pieces = List.copyOf(pieces);
    }
  }

  /**
   * A file that the user named; handed to the user's code as a {@link Path}.
   *
   * @param stamp what it was when it was fingerprinted; if it is another after the unit ran, its
   *     result is not kept
   */
  record File(Path path, FileStamp stamp) implements Argument {
    /** A file of which no more is known. */
    public File(Path path, long size, long modifiedNanos) {
      this(path, new FileStamp(path, size, modifiedNanos, 0, "", FileStamp.Kind.FILE));
    }
  }

  /** A {@link List} of arguments. */
  record Listed(List<Argument> elements) implements Argument {
    public Listed {
      elements = List.copyOf(elements);
    }
  }

  /** A {@link java.util.Map} from partition labels to arguments, in the partitions' order. */
  record Labelled(List<String> labels, List<Argument> elements) implements Argument {
    public Labelled {
      labels = List.copyOf(labels);
      elements = List.copyOf(elements);
    }
  }

  /**
   * A resource: the worker makes it for each unit that takes it, and closes it afterwards if it can
   * be closed.
   *
   * @param name in the pipeline; two of a unit that have one name are one object
   * @param code what makes it
   * @param arguments of {@code code}: its configuration, and other resources
   */
  record Made(String name, TaskCode code, List<Argument> arguments) implements Argument {
    public Made {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * A value of the driver's own process, for what cannot or must not be encoded. Only an executor
   * in the driver's process can take it; others refuse the chunk.
   */
  record Live(@Nullable Object value) implements Argument {
    /** Does not tell the value, which may be a secret. */
    @Override
    public String toString() {
      return "Live";
    }
  }
}
