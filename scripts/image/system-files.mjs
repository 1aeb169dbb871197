// The few files of an operating system that programs look for.

/** The user that everything but the agent runs as; the number is what others call `nonroot`. */
export const USER = { name: 'podwire', id: 65532 };

/** By path; each ends with a line end. */
export const SYSTEM_FILES = {
	'etc/passwd': `root:x:0:0:root:/:/sbin/nologin\n${USER.name}:x:${USER.id}:${USER.id}:Podwire:/:/sbin/nologin\n`,
	'etc/group': `root:x:0:\n${USER.name}:x:${USER.id}:\n`,
	// The C library resolves names from /etc/hosts first, then by DNS; both are within it (glibc 2.34 and newer).
	'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
	'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
	'etc/os-release': 'ID=podwire\nNAME=Podwire\nPRETTY_NAME=Podwire\n',
};

export const DIRECTORIES = ['dev', 'etc/podwire', 'proc', 'run', 'sys', 'tmp', 'usr/bin', 'usr/lib', 'usr/lib64'];

/** As in every distribution that has merged /usr: the loader's own path begins with one of them. */
export const MERGED_USR = { bin: 'usr/bin', lib: 'usr/lib', lib64: 'usr/lib64', sbin: 'usr/bin' };
