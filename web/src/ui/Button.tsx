import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "../lib/router";

export type ButtonLook = "flame" | "plain" | "quiet" | "danger";
export type ButtonSize = "normal" | "large" | "small";

const LOOKS: Record<ButtonLook, string> = {
  flame:
    "bg-flame text-on-flame shadow-print hover:bg-flame-deep active:translate-y-px disabled:bg-line disabled:text-soft disabled:shadow-none",
  plain: "bg-paper text-ink ring-1 ring-edge hover:bg-well active:translate-y-px disabled:text-soft",
  quiet: "text-ember hover:bg-well underline-offset-4 disabled:text-soft",
  danger: "bg-grease-wash text-grease ring-1 ring-grease hover:brightness-95 active:translate-y-px disabled:opacity-50",
};

const SIZES: Record<ButtonSize, string> = {
  small: "min-h-9 px-3 text-sm rounded-lg gap-1.5",
  normal: "min-h-12 px-4.5 rounded-xl gap-2",
  large: "min-h-14 px-6 text-lg rounded-2xl gap-2.5",
};

function classesOf(look: ButtonLook, size: ButtonSize, more = ""): string {
  return `inline-flex items-center justify-center text-center font-semibold transition select-none ${LOOKS[look]} ${SIZES[size]} ${more}`;
}

interface Common {
  look?: ButtonLook;
  size?: ButtonSize;
  icon?: ReactNode;
}

type ButtonProps = Common & ButtonHTMLAttributes<HTMLButtonElement>;

export function Button({
  look = "plain",
  size = "normal",
  icon,
  className,
  children,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button type={type} className={classesOf(look, size, className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

type ButtonLinkProps = Common & AnchorHTMLAttributes<HTMLAnchorElement> & { href: string };

/** A link that looks like a button. */
export function ButtonLink({ look = "plain", size = "normal", icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link className={classesOf(look, size, className)} {...rest}>
      {icon}
      {children}
    </Link>
  );
}

type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { label: string };

/** A round button that shows only an icon. */
export function IconButton({ label, className = "", children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-grid size-11 shrink-0 place-items-center rounded-full text-ink transition hover:bg-well active:scale-95 ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}
