{
	"targets": [
		{
			"target_name": "podwire",
			"type": "none",
			"actions": [
				{
					"action_name": "cmake_js",
					"message": "Building build/Release/podwire.node with cmake-js from native/CMakeLists.txt",
					"inputs": ["<!@(node -p \"require('fs').globSync('{native,bpf,proto}/**/*.{txt,c,cc,h,S,proto}').join(' ')\")"],
					"outputs": ["<(module_root_dir)/build/Release/podwire.node"],
					"action": [
						"node", "<(module_root_dir)/node_modules/cmake-js/bin/cmake-js",
						"compile", "-d", "<(module_root_dir)/native", "-O", "<(module_root_dir)/build/Release"
					]
				}
			]
		}
	]
}
