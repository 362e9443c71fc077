package dev.reprise.executor;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.store.Manifest.Shape;
import java.util.List;

/**
 * What a worker calls, as data.
 *
 * @param method implementation method behind the user's function
 * @param kind how it is called
 * @param captured values that the function captured, the receiver first if there is one; they go in
 *     front of the arguments
 * @param effect whether it returns nothing; its result is a {@link dev.reprise.task.Receipt}
 * @param shape whether what is returned is a result of many partitions: the elements of a list, or
 *     the components of a record in the order of their declaration
 * @param registered names of classes that arguments and result may hold
 * @param inlineLimit partitions of at most so many bytes come back inline, in bytes; a result of
 *     many partitions as long as they are a few MiB together
 * @param rowOrder whether the order of rows is part of the tables that it returns
 */
public record TaskCode(
    MethodRef method,
    Kind kind,
    List<Argument> captured,
    boolean effect,
    Shape shape,
    List<String> registered,
    int inlineLimit,
    RowOrder rowOrder) {
  /** How a method is called. */
  public enum Kind {
    /** A static method. */
    STATIC,
    /** A method of the first captured value or argument. */
    VIRTUAL,
    /** A constructor. */
    CONSTRUCTOR
  }

  public TaskCode {
    captured = List.copyOf(captured);
    registered = List.copyOf(registered);
  }

  /** Returns code that returns tables whose rows may come in any order. */
  public TaskCode(
      MethodRef method,
      Kind kind,
      List<Argument> captured,
      boolean effect,
      Shape shape,
      List<String> registered,
      int inlineLimit) {
    this(method, kind, captured, effect, shape, registered, inlineLimit, RowOrder.ANY);
  }
}
