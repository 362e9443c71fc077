package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodInsnNode;

/**
 * Gathers what a part uses. What the platform does is left out, except where it hides something; so
 * are calls of methods whose body the part holds itself.
 */
final class UseCollector {
  private final Zones zones;
  private final Predicate<Member> isHeld;
  private final Set<Use> all = new LinkedHashSet<>();
  private final Set<String> consulted = new LinkedHashSet<>();

  UseCollector(Zones zones, Predicate<Member> isHeld) {
    this.zones = zones;
    this.isHeld = isHeld;
  }

  /** What was gathered, for a part with this digest. */
  Summary summary(Fingerprint digest) {
    return new Summary(digest, all, consulted);
  }

  void call(Member method) {
    if (!isHeld.test(method)) {
      add(Use.Kind.CALLS, method);
    }
  }

  void callStatic(Member method) {
    add(Use.Kind.INITIALISES, method.owner());
    call(method);
  }

  void dispatch(Member method) {
    if (!isHeld.test(method)) {
      add(Use.Kind.DISPATCHES, method);
    }
  }

  void access(Member field) {
    add(Use.Kind.ACCESSES, field);
  }

  void create(String type) {
    add(Use.Kind.CREATES, type);
  }

  void initialise(String type) {
    add(Use.Kind.INITIALISES, type);
  }

  void name(String typeOrArray) {
    add(Use.Kind.NAMES, Names.element(typeOrArray));
  }

  void expose(Type type) {
    if (type.getSort() != Type.METHOD) {
      add(Use.Kind.EXPOSES, Names.element(type.getInternalName()));
    }
  }

  void consult(String className) {
    consulted.add(Names.folder(className));
  }

  void hide(Blind blind, String doing) {
    all.add(new Use(Use.Kind.HIDES, new Member(blind.name(), doing, "")));
  }

  /** Notes what a reference to a method hides. */
  void hide(Member method) {
    Blind blind = Blind.of(method);
    if (blind != null) {
      hide(blind, "refers to " + Names.binary(method.owner()) + "#" + method.name());
    }
  }

  /** Notes what a call hides, or what it reads if constants beside it tell. */
  void hide(MethodInsnNode call) {
    Blind blind = Blind.of(new Member(call.owner, call.name, call.desc));
    if (blind == null) {
      return;
    }
    String resource = blind == Blind.RESOURCES ? Literals.resource(call) : null;
    String className = blind == Blind.REFLECTION ? Literals.lastArgument(call) : null;
    if (resource != null) {
      all.add(Use.of(Use.Kind.READS, resource));
    } else if (className != null && call.name.equals("forName")) {
      add(Use.Kind.LOADS, Names.internal(className));
    } else if (blind != Blind.INSPECTION || !Literals.isOfConstantClass(call)) {
      hide(blind, "calls " + Names.binary(call.owner) + "#" + call.name);
    }
  }

  private void add(Use.Kind kind, String type) {
    add(kind, new Member(type, "", ""));
  }

  private void add(Use.Kind kind, Member target) {
    boolean isClass = !target.owner().isEmpty() && !target.owner().startsWith("[");
    if (isClass && zones.of(target.owner()) != Zone.PLATFORM) {
      all.add(new Use(kind, target));
    }
  }
}
