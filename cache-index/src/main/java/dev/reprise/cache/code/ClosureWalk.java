package dev.reprise.cache.code;

import dev.reprise.cache.code.Hierarchy.Found;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.FieldNode;

/**
 * Finds all own code that a task may run.
 *
 * <p>This is rapid type analysis [1]: a call of a virtual method reaches what it means by itself,
 * and the overriding methods of those classes only of which an instance may be there. How instances
 * come to be, and what else a task does with types, is told by {@link ReachedTypes}. Foreign code
 * may call any method by which an instance answers to a foreign supertype ({@code compare}, {@code
 * run}, {@code hashCode}).
 *
 * <p>All sets only grow, so what is reached does not depend on the order of steps. Nothing recurses
 * along calls, so a chain of any length is followed.
 *
 * <p>[1] D. Bacon, P. Sweeney: Fast Static Analysis of C++ Virtual Function Calls, OOPSLA 1996.
 */
final class ClosureWalk {
  private final OwnCode code;
  private final LibraryWalk libraries;
  private final ClosureParts closure;
  private final DispatchTable dispatch;
  private final ReachedTypes types;

  private final Deque<Found> open = new ArrayDeque<>();
  private final Set<Member> reached = new HashSet<>();

  ClosureWalk(OwnCode code, ForeignTypes foreign, LibraryFiles libraries, ClosureParts closure) {
    this.code = code;
    this.libraries = new LibraryWalk(libraries, code.zones());
    this.closure = closure;
    this.dispatch = new DispatchTable(code.hierarchy());
    this.types = new ReachedTypes(code, foreign, this.libraries, dispatch, closure, this::reach);
  }

  /** Reads a method and follows nothing. */
  void readOnly(Found root) {
    types.look(root.owner().name(), "the task");
    Summary summary = code.summary(root);
    String name = Names.part(root.owner(), root.method());
    closure.addMethod(name, summary.digest());
    summary.consulted().forEach(closure::consult);
    summary.uses().forEach(use -> warnOfUnread(use, name));
  }

  /** Says what the body of a method runs and nobody looks at. */
  private void warnOfUnread(Use use, String by) {
    Member target = use.target();
    switch (use.kind()) {
      case CALLS, DISPATCHES -> {
        Found found = code.hierarchy().resolve(target);
        if (found != null && !found.owner().isNumbered()) {
          closure.warnOfUnread(by + " calls " + Names.part(found.owner(), found.method()));
        }
      }
      case HIDES -> closure.warnOfUnread(by + " " + target.name());
      default -> {
        // The class as such: what it does is called by name.
      }
    }
  }

  /** Begins with the method of a task. */
  void start(Found root) {
    String name = root.owner().name();
    reached.add(root.member());
    open.add(root);
    types.initialise(name, "the task");
    if (!root.is(Opcodes.ACC_STATIC)) {
      types.cross(name, "the task");
      if (!root.is(Opcodes.ACC_PRIVATE) && !root.method().name.equals("<init>")) {
        dispatch.call(root.member()).forEach(this::reach);
      }
    }
    SignatureTypes.ofMethod(root.method().desc, root.method().signature)
        .forEach(each -> types.cross(each, "the signature of the task"));
  }

  /** Adds what bytecode does not show. */
  void declare(CodeHints hints) {
    String by = "the task's declaration";
    for (String each : hints.crossing()) {
      types.cross(Names.internal(each), by);
      readNameless(Names.internal(each));
    }
    for (String each : hints.handedOn()) {
      types.expose(Names.internal(each), by);
      readNameless(Names.internal(each));
    }
    for (String each : hints.alsoRuns()) {
      types.runWhole(Names.internal(each), by);
      readNameless(Names.internal(each));
    }
    hints.alsoReads().forEach(each -> closure.addResource(each, by));
  }

  /** Follows everything to its end. */
  void finish() {
    do {
      for (Found next = open.poll(); next != null; next = open.poll()) {
        Summary summary = code.summary(next);
        String name = Names.part(next.owner(), next.method());
        closure.addMethod(name, summary.digest());
        follow(summary, name);
      }
      libraries.follow().forEach(each -> types.runWhole(each, "a library"));
    } while (!open.isEmpty() || libraries.isOpen());
    types.addTo(closure);
    libraries.addTo(closure);
  }

  private void follow(Summary summary, String by) {
    summary.uses().forEach(use -> follow(use, by));
    summary.consulted().forEach(closure::consult);
  }

  private void follow(Use use, String by) {
    Member target = use.target();
    String owner = target.owner();
    switch (use.kind()) {
      case CALLS -> {
        types.look(owner, by);
        code.hierarchy().called(target).forEach(this::reach);
      }
      case DISPATCHES -> dispatch(target, by);
      case ACCESSES -> access(target, by);
      case CREATES -> types.create(owner, by);
      case INITIALISES -> types.initialise(owner, by);
      case NAMES -> types.look(owner, by);
      case EXPOSES -> types.expose(owner, by);
      case LOADS -> types.load(owner, by);
      case READS -> closure.addResource(owner, by);
      case HIDES -> closure.hide(Blind.valueOf(owner), by + " " + target.name());
    }
  }

  private void reach(Found found) {
    // The methods of a class without a name of its own are held by the part that mentions it.
    if (!found.owner().isNumbered()
        && !found.is(Opcodes.ACC_ABSTRACT)
        && reached.add(found.member())) {
      open.add(found);
    }
  }

  /** Reads a class without a name of its own if it is one: no part need mention it. */
  private void readNameless(String className) {
    ClassFile file = code.hierarchy().own(className);
    if (file != null && file.isNumbered()) {
      Summary summary = code.summary(file);
      closure.addNameless(Names.part(file), summary.digest());
      follow(summary, Names.part(file));
    }
  }

  private void dispatch(Member named, String by) {
    types.look(named.owner(), by);
    Found found = code.hierarchy().resolve(named);
    if (found != null) {
      reach(found);
      if (!found.is(Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC)) {
        dispatch.call(named).forEach(this::reach);
      }
    }
  }

  private void access(Member field, String by) {
    types.look(field.owner(), by);
    ClassFile declaring = code.hierarchy().declaring(field);
    FieldNode found = declaring == null ? null : declaring.field(field);
    if (declaring != null && found != null && !declaring.isNumbered()) {
      closure.addField(declaring.name(), found);
      if ((found.access & Opcodes.ACC_STATIC) != 0) {
        types.initialise(declaring.name(), by);
      }
    }
  }
}
