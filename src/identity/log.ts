/** Where identity writes what happens; pino fits. Never a key or a password. */
export interface Log {
	info(facts: object, message: string): void;
	warn(facts: object, message: string): void;
	error(facts: object, message: string): void;
}
